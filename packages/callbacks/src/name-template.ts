/** Names with numbers in them: `{epoch:02d}-{val_loss:.3f}`, in a part of Python's format language. */
import { didYouMean, listNames } from '@gradus/core';
import { GradusError } from '@gradus/graph';

interface Field {
  readonly key: string;
  readonly format: (value: number) => string;
}

export interface NameTemplate {
  /** The names whose values it asks for. */
  readonly keys: readonly string[];
  /** `NA` stands where there is no value. What is filled in are numbers: they cannot lead out of a folder. */
  fill(values: Readonly<Record<string, number | undefined>>): string;
}

const invalid = (owner: string, template: string, received: string): GradusError =>
  new GradusError('INVALID_ARGUMENT', {
    what: `${owner} cannot read the name '${template}'`,
    received,
    expected: '{name}, {name:03d}, {name:.3f} or {name:.2e}; {{ and }} for the signs themselves',
  });

const FIELD = /^([^{}:]+)(?::(.*))?$/;
const SPEC = /^(?:(0?)(\d*)(d)|(0?)(\d*)\.(\d+)([fe]))$/;

/** @throws `INVALID_ARGUMENT` for a field that cannot be read. */
export function nameTemplate(owner: string, template: string): NameTemplate {
  const parts: (string | Field)[] = [];
  const rest = template.replace(/\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/g, (piece, field?: string) => {
    if (piece === '{{' || piece === '}}') parts.push(piece[0]);
    else if (field !== undefined) parts.push(fieldOf(owner, template, field));
    else if (piece === '{' || piece === '}') throw invalid(owner, template, `a single '${piece}'`);
    else parts.push(piece);
    return '';
  });
  if (rest !== '') throw invalid(owner, template, `'${rest}'`);
  return {
    keys: parts.flatMap((part) => (typeof part === 'string' ? [] : [part.key])),
    fill: (values) => parts.map((part) => (typeof part === 'string' ? part : written(part, values[part.key]))).join(''),
  };
}

const written = ({ format }: Field, value: number | undefined): string => {
  if (value === undefined) return 'NA';
  return Number.isFinite(value) ? format(value) : String(value);
};

function fieldOf(owner: string, template: string, field: string): Field {
  const [, key, spec] = FIELD.exec(field) ?? [];
  if (key === undefined) throw invalid(owner, template, `'{${field}}'`);
  if (spec === undefined) return { key, format: String };
  const [, zeroD, widthD, whole, zeroF, widthF, digits, kind] = SPEC.exec(spec) ?? [];
  if (whole === undefined && kind === undefined) throw invalid(owner, template, `'{${field}}'`);
  const padded = (text: string, zero: string | undefined, width: string | undefined): string =>
    zero === '0' ? padZeros(text, Number(width)) : text.padStart(Number(width), ' ');
  if (whole !== undefined) return { key, format: (value) => padded(value.toFixed(0), zeroD, widthD) };
  const number = (value: number): string => (kind === 'f' ? value.toFixed(Number(digits)) : exponential(value, Number(digits)));
  return { key, format: (value) => padded(number(value), zeroF, widthF) };
}

const padZeros = (text: string, width: number): string =>
  text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0');

/** As Python writes it: at least two digits in the exponent. */
const exponential = (value: number, digits: number): string =>
  value.toExponential(digits).replace(/e([+-])(\d)$/, (_, sign: string, digit: string) => `e${sign}0${digit}`);

/** @throws `INVALID_ARGUMENT` for a key that will have no value, with the nearest that has one. */
export function checkKeys(owner: string, template: string, keys: readonly string[], known: readonly string[]): void {
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `${owner} has nothing to put in the place of '{${unknown}}' in '${template}'`,
    received: `'${unknown}'`,
    expected: `one of ${listNames(known)}`,
    fix: didYouMean(unknown, known),
  });
}
