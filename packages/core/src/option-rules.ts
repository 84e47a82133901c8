/** Checks of options: they may come from a configuration file, so types are not enough. */
import { GradusError } from '@gradus/graph';
import { didYouMean, listNames } from './suggest.js';

/** What an option must be, in words and as a test. */
export interface Rule {
  readonly expected: string;
  accepts(value: unknown): boolean;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** What options usually must be. */
export const rules = {
  text: { expected: 'a string that is not empty', accepts: (v) => typeof v === 'string' && v !== '' },
  texts: { expected: 'a list of strings', accepts: (v) => Array.isArray(v) && v.every((item) => typeof item === 'string' && item !== '') },
  flag: { expected: 'true or false', accepts: (v) => typeof v === 'boolean' },
  finite: { expected: 'a finite number', accepts: isNumber },
  finiteOrNull: { expected: 'a finite number or null', accepts: (v) => v === null || isNumber(v) },
  positive: { expected: 'a finite number above 0', accepts: (v) => isNumber(v) && v > 0 },
  notNegative: { expected: 'a finite number of 0 or more', accepts: (v) => isNumber(v) && v >= 0 },
  count: { expected: 'a whole number of 0 or more', accepts: (v) => Number.isInteger(v) && (v as number) >= 0 },
  positiveCount: { expected: 'a whole number of 1 or more', accepts: (v) => Number.isInteger(v) && (v as number) >= 1 },
  method: { expected: 'a function', accepts: (v) => typeof v === 'function' },
  object: { expected: 'an object', accepts: isObject },
  objects: { expected: 'an object or a list of objects', accepts: (v) => [v].flat().every(isObject) },
  any: { expected: 'anything', accepts: () => true },
} as const satisfies Readonly<Record<string, Rule>>;

/** One of some words. */
export const oneOf = (...values: readonly string[]): Rule => ({
  expected: `one of ${values.map((value) => `'${value}'`).join(', ')}`,
  accepts: (v) => values.includes(v as string),
});

/**
 * Throws `INVALID_ARGUMENT`, naming owner and option, for an option that does not exist, breaks its rule, or is missing.
 *
 * @param required Names that must be there. Default: none.
 * @example
 * checkOptions('earlyStopping', options, { monitor: rules.text, patience: rules.count });
 */
export function checkOptions(
  owner: string,
  options: object,
  allowed: Readonly<Record<string, Rule>>,
  required: readonly string[] = [],
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(allowed, name)) {
      const known = Object.keys(allowed);
      throw new GradusError('INVALID_ARGUMENT', {
        what: `${owner} has no option '${name}'`,
        received: `'${name}'`,
        expected: `one of ${listNames(known)}`,
        fix: didYouMean(name, known),
      });
    }
    if (!allowed[name].accepts(value)) {
      throw new GradusError('INVALID_ARGUMENT', {
        what: `Option '${name}' of ${owner} is not usable`,
        received: typeof value === 'string' ? `'${value}'` : String(value),
        expected: allowed[name].expected,
      });
    }
  }
  for (const name of required) {
    if ((options as Readonly<Record<string, unknown>>)[name] !== undefined) continue;
    throw new GradusError('INVALID_ARGUMENT', {
      what: `${owner} needs the option '${name}'`,
      received: 'nothing',
      expected: allowed[name].expected,
    });
  }
}
