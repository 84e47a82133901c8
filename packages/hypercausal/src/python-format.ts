/** Numbers and values written as Python writes them: `repr`, `json.dumps` and the formats `f` and `e`. */
import { GradusError } from '@gradus/graph';

/** A number that Python holds as a float: `2` is written `2.0`. JavaScript cannot tell, so the writer must say. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Marks a number as a float. @example pythonJson({ loss: float(1), step: 1 }) // '{"loss": 1.0, "step": 1}' */
export const float = (value: number): Float => new Float(value);

/** A plain number prints as an integer when it is one that doubles hold exactly, as a float otherwise. */
export type PythonValue = Float | number | string | boolean | null | readonly PythonValue[] | { readonly [key: string]: PythonValue };

/** How NaN and infinity are called. */
type Names = readonly [nan: string, infinity: string];

/** Two digits or more after the sign: `1e-5` becomes `1e-05`. */
const padExponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

function nonFinite(x: number, names: Names): string | null {
  if (Number.isNaN(x)) return names[0];
  return Number.isFinite(x) ? null : `${x < 0 ? '-' : ''}${names[1]}`;
}

/** A float by its shortest digits: with `.0`, and with an exponent below 1e-4 and from 1e16. `names` are those of `nan`, `inf`. */
function floatText(x: number, names: Names): string {
  const special = nonFinite(x, names);
  if (special !== null) return special;
  if (x === 0) return Object.is(x, -0) ? '-0.0' : '0.0';
  const size = Math.abs(x);
  if (size < 1e-4 || size >= 1e16) return padExponent(x.toExponential());
  return Number.isInteger(x) ? `${x}.0` : String(x);
}

const numberText = (value: number | Float, names: Names): string => {
  if (value instanceof Float) return floatText(value.value, names);
  return Number.isSafeInteger(value) ? String(value) : floatText(value, names);
};

/** `repr(value)`. Keys and strings in single quotes; characters beyond ASCII stay as they are. */
export function pythonRepr(value: PythonValue): string {
  if (value instanceof Float || typeof value === 'number') return numberText(value, ['nan', 'inf']);
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return stringRepr(value);
  if (isList(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${stringRepr(key)}: ${pythonRepr(item)}`)
    .join(', ')}}`;
}

const isList = (value: object): value is readonly PythonValue[] => Array.isArray(value);

const shortEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";

  const escaped = text.replace(/[\\\u0000-\u001f\u007f]/g, (c) => shortEscapes[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`;
}

/**
 * `json.dumps(value, indent=indent)`: `", "` and `": "` between parts, characters beyond ASCII escaped, `NaN` and `Infinity`
 * bare (which JSON itself does not allow).
 *
 * @throws `NOT_JSON` for a value that JSON cannot hold, naming where it stands.
 */
export const pythonJson = (value: PythonValue, indent?: number): string => writeJson(value, indent, '', []);

function writeJson(value: PythonValue, indent: number | undefined, margin: string, path: string[]): string {
  if (value instanceof Float || typeof value === 'number') return numberText(value, JSON_NAMES);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return jsonString(value);
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  const isArray = Array.isArray(value);
  if (!isArray && prototype !== Object.prototype && prototype !== null) throw notJson(value, path);
  const inner = indent === undefined ? '' : margin + ' '.repeat(indent);
  const separator = indent === undefined ? ', ' : `,\n${inner}`;
  let text = '';
  for (const key of Object.keys(value)) {
    path.push(key);
    const part = writeJson((value as Record<string, PythonValue>)[key], indent, inner, path);
    path.pop();
    text += (text === '' ? '' : separator) + (isArray ? part : `${jsonString(key)}: ${part}`);
  }
  if (indent !== undefined && text !== '') text = `\n${inner}${text}\n${margin}`;
  return isArray ? `[${text}]` : `{${text}}`;
}

const JSON_NAMES: Names = ['NaN', 'Infinity'];

function jsonString(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const notJson = (value: unknown, path: readonly string[]): GradusError =>
  new GradusError('NOT_JSON', {
    what: `JSON cannot hold ${path.length === 0 ? 'a value' : `the value at '${path.join('.')}'`}`,
    received: typeof value === 'object' ? (value as object).constructor.name : typeof value,
    expected: 'numbers, strings, booleans, null, lists and plain records',
  });

/** `f'{x:.{digits}f}'`. Like `toFixed`, but exact ties go to the even digit: 0.0078125 to 6 digits is 0.007812. */
export function pythonFixed(x: number, digits: number): string {
  const special = nonFinite(x, ['nan', 'inf']);
  if (special !== null) return special;
  // From 1e21 on toFixed gives an exponent; such doubles are integers.
  if (Math.abs(x) >= 1e21) return `${BigInt(x)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`;
  const [whole, fraction] = Math.abs(x).toFixed(100).split('.');
  const kept = digits === 0 ? whole : `${whole}.${fraction.slice(0, digits)}`;
  return signOf(x) + (tiesDown(kept, fraction.slice(digits)) ? kept : Math.abs(x).toFixed(digits));
}

/** `f'{x:.{digits}e}'`: the exponent has two digits or more, exact ties go to the even digit. */
export function pythonExponential(x: number, digits: number): string {
  const special = nonFinite(x, ['nan', 'inf']);
  if (special !== null) return special;
  const [exact, exponent] = Math.abs(x).toExponential(100).split('e');
  const kept = exact.slice(0, digits === 0 ? 1 : digits + 2);
  const down = tiesDown(kept, exact.replace('.', '').slice(digits + 1));
  return signOf(x) + padExponent(down ? `${kept}e${exponent}` : Math.abs(x).toExponential(digits));
}

const signOf = (x: number): string => (x < 0 || Object.is(x, -0) ? '-' : '');

/** Whether digits cut off are exactly one half and those kept are even, where JavaScript would round up. */
const tiesDown = (kept: string, rest: string): boolean => /^50*$/.test(rest) && Number(kept.at(-1)) % 2 === 0;
