/** JSON values: one text for equal values, digests of it, copies that nobody can change. */
import { createHash } from 'node:crypto';
import type { Json } from '@gradus/core';
import { GradusError } from '@gradus/graph';

export type JsonObject = { readonly [name: string]: Json };

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a value with the names of every object in order: equal for equal values, whatever the order they were written in. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`).join(',')}}`;
}

export const sameJson = (a: Json, b: Json): boolean => a === b || canonicalJson(a) === canonicalJson(b);

/** SHA-256 of the canonical text, in hexadecimal. */
export const digest = (value: Json): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

/** A copy that cannot be changed, whoever gets it. */
export function frozenCopy<T extends Json>(value: T): T {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as unknown as T;
  if (!isObject(value)) return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([name, item]) => [name, frozenCopy(item)]))) as T;
}

/**
 * Throws `NOT_JSON`, naming the place, for what JSON cannot hold.
 * @param what What the value is, as the subject of a sentence: `The output of program 'p'`.
 */
export function checkJson(what: string, value: unknown): asserts value is Json {
  const wrong = notJson(value, '');
  if (wrong === null) return;
  throw new GradusError('NOT_JSON', {
    what: `${what} is no JSON`,
    received: `${wrong.received}${wrong.path === '' ? '' : ` at ${wrong.path}`}`,
    expected: 'null, booleans, finite numbers, strings, lists and plain objects of such',
  });
}

function notJson(value: unknown, path: string): { readonly path: string; readonly received: string } | null {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : { path, received: String(value) };
  if (Array.isArray(value)) return firstWrong(value.entries(), path);
  if (typeof value !== 'object') return { path, received: typeof value };
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name: string } } | null;
  if (prototype !== Object.prototype && prototype !== null) return { path, received: `a ${prototype.constructor?.name ?? 'class'}` };
  return firstWrong(Object.entries(value), path);
}

function firstWrong(entries: Iterable<readonly [string | number, unknown]>, path: string): ReturnType<typeof notJson> {
  for (const [name, item] of entries) {
    const wrong = notJson(item, `${path}/${name}`);
    if (wrong !== null) return wrong;
  }
  return null;
}
