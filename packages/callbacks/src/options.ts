/** Checks of callbacks' options: they may come from a configuration file, so types are not enough. */
import { didYouMean, listNames } from '@gradus/core';
import { GradusError } from '@gradus/graph';

/** What an option must be, in words and as a test. */
export interface Rule {
  readonly expected: string;
  accepts(value: unknown): boolean;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

export const text: Rule = { expected: 'a string that is not empty', accepts: (v) => typeof v === 'string' && v !== '' };
export const flag: Rule = { expected: 'true or false', accepts: (v) => typeof v === 'boolean' };
export const finite: Rule = { expected: 'a finite number', accepts: isNumber };
export const finiteOrNull: Rule = { expected: 'a finite number or null', accepts: (v) => v === null || isNumber(v) };
export const notNegative: Rule = { expected: 'a finite number of 0 or more', accepts: (v) => isNumber(v) && v >= 0 };
export const count: Rule = { expected: 'a whole number of 0 or more', accepts: (v) => Number.isInteger(v) && (v as number) >= 0 };
export const positiveCount: Rule = { expected: 'a whole number of 1 or more', accepts: (v) => Number.isInteger(v) && (v as number) >= 1 };
export const texts: Rule = {
  expected: 'a list of strings',
  accepts: (v) => Array.isArray(v) && v.every((item) => typeof item === 'string' && item !== ''),
};
export const method: Rule = { expected: 'a function', accepts: (v) => typeof v === 'function' };
export const oneOf = (...values: readonly string[]): Rule => ({
  expected: `one of ${values.map((value) => `'${value}'`).join(', ')}`,
  accepts: (v) => values.includes(v as string),
});
export const object: Rule = { expected: 'an object', accepts: (v) => typeof v === 'object' && v !== null };
export const objects: Rule = {
  expected: 'an object or a list of objects',
  accepts: (v) => [v].flat().every((item) => object.accepts(item)),
};

/** Throws `INVALID_ARGUMENT`, naming callback and option, for an option that does not exist or breaks its rule. */
export function checkOptions(callback: string, options: object, rules: Readonly<Record<string, Rule>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules);
      throw new GradusError('INVALID_ARGUMENT', {
        what: `${callback} has no option '${name}'`,
        received: `'${name}'`,
        expected: `one of ${listNames(known)}`,
        fix: didYouMean(name, known),
      });
    }
    if (!rules[name].accepts(value)) {
      throw new GradusError('INVALID_ARGUMENT', {
        what: `Option '${name}' of ${callback} is not usable`,
        received: typeof value === 'string' ? `'${value}'` : String(value),
        expected: rules[name].expected,
      });
    }
  }
}
