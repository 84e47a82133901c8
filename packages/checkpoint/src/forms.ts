/** Rules for the form of values: what came from a disk is believed only as far as it was checked. */
import { NDArray } from '@gradus/graph';
import { isCount, isRecord } from './malformed.js';

/** Where a value breaks the rule and what the rule is; `null` when it does not. */
export type Check = (value: unknown, at: string) => string | null;

export const is =
  (expected: string, accepts: (value: unknown) => boolean): Check =>
  (value, at) =>
    accepts(value) ? null : `'${at}' is not ${expected}`;

const first = (problems: Iterable<string | null>): string | null => {
  for (const problem of problems) if (problem !== null) return problem;
  return null;
};

export const count = is('a whole number of 0 or more', isCount);
export const number = is('a number', (value) => typeof value === 'number');
export const text = is('a text', (value) => typeof value === 'string');
export const array = is('an array', (value) => value instanceof NDArray);
export const record = is('a record', (value) => isRecord(value) && !(value instanceof NDArray));
const list = is('a list', Array.isArray);
export const anything: Check = () => null;

/** A record of any keys, each value by the same rule. */
export const recordOf =
  (rule: Check): Check =>
  (value, at) =>
    record(value, at) ?? first(Object.entries(value as object).map(([key, item]) => rule(item, `${at}.${key}`)));

export const listOf =
  (rule: Check): Check =>
  (value, at) =>
    list(value, at) ?? first((value as unknown[]).map((item, i) => rule(item, `${at}.${i}`)));

/** A record with these keys, each by its own rule. */
export const form =
  (rules: Readonly<Record<string, Check>>): Check =>
  (value, at) =>
    record(value, at) ??
    first(
      Object.entries(rules).map(([key, rule]) => rule((value as Readonly<Record<string, unknown>>)[key], at === '' ? key : `${at}.${key}`)),
    );

export const orNull =
  (rule: Check): Check =>
  (value, at) =>
    value === null ? null : rule(value, at);

export const optional =
  (rule: Check): Check =>
  (value, at) =>
    value === undefined ? null : rule(value, at);
