/**
 * Trees of anything a state may hold, as JSON: numbers that JSON lacks survive, arrays are named and kept elsewhere. What JSON lacks is a
 * record with one key that begins with `$`; a `$` of the tree's own keys is doubled.
 */
import { GradusError, NDArray } from '@gradus/graph';
import type { Json } from '@gradus/core';
import { isRecord, Malformed } from './malformed.js';

/** Takes an array out of a tree, and says what stands in its place. */
type TakeArray = (array: NDArray, path: string) => Json;

/** Gives back what `TakeArray` took. @throws Malformed when there is no such array. */
type GiveArray = (kind: string, name: string) => NDArray;

/** Neither encoding nor decoding may run out of stack. */
const DEEPEST = 500;

/**
 * @param path What errors call the tree. Dots separate keys: `callbacks.earlyStopping.best`.
 * @throws `NOT_JSON`, naming the place, for functions, symbols, bigints, objects of a class, `undefined` in a list, a cycle, more than 500
 * levels, and the key `__proto__`; for arrays where `take` is `null`.
 */
export function encodeTree(tree: unknown, path: string, take: TakeArray | null): Json {
  const above = new Set<object>();
  const encode = (value: unknown, at: string): Json => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : { $number: textOf(value) };
    if (typeof value !== 'object') throw notStorable(at, value === undefined ? 'undefined' : `a ${typeof value}`);
    if (value instanceof NDArray && take !== null) return take(value, at);
    if (above.has(value)) throw notStorable(at, 'an object that contains itself');
    if (above.size === DEEPEST) throw notStorable(at, `more than ${DEEPEST} levels`);
    above.add(value);
    const result = Array.isArray(value)
      ? Array.from(value, (item, i) => encode(item, join(at, String(i))))
      : Object.fromEntries(membersOf(value, at).map(([key, item]) => [escape(key), encode(item, join(at, key))]));
    above.delete(value);
    return result;
  };
  return encode(tree, path);
}

function membersOf(value: object, at: string): [string, unknown][] {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain, of this realm or of another.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw notStorable(at, `an object of class ${value.constructor?.name ?? 'unknown'}`);
  }
  if (Object.hasOwn(value, '__proto__')) throw notStorable(join(at, '__proto__'), "the key '__proto__'");
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
const escape = (key: string): string => (key.startsWith('$') ? `$${key}` : key);
const textOf = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

const LONGEST_PATH = 200;

const notStorable = (path: string, received: string): GradusError =>
  new GradusError('NOT_JSON', {
    what: `A checkpoint cannot hold what stands at '${path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path}'`,
    received,
    expected: 'numbers, strings, booleans, null, NDArrays, lists and plain records of these',
    fix: 'Keep it in such a form, or leave it out of the state.',
    data: { path },
  });

const NUMBERS: ReadonlyMap<string, number> = new Map([NaN, Infinity, -Infinity, -0].map((value) => [textOf(value), value]));

/** @throws Malformed for what `encodeTree` never makes. */
function decodeTree(json: unknown, give: GiveArray): unknown {
  const decode = (value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const members = Array.isArray(value) ? [] : Object.entries(value);
    if (members.length === 1 && /^\$[^$]/.test(members[0][0])) return decodeSpecial(...members[0]);
    if (depth === DEEPEST) throw new Malformed(`more than ${DEEPEST} levels`);
    if (Array.isArray(value)) return value.map((item) => decode(item, depth + 1));
    return Object.fromEntries(members.map(([key, item]) => [unescape(key), decode(item, depth + 1)]));
  };
  const decodeSpecial = (kind: string, value: unknown): unknown => {
    if (typeof value !== 'string') throw new Malformed(`'${kind}' without a text`);
    if (kind !== '$number') return give(kind, value);
    const number = NUMBERS.get(value);
    if (number === undefined) throw new Malformed(`no such number: '${value}'`);
    return number;
  };
  return decode(json, 0);
}

function unescape(key: string): string {
  if (key === '__proto__') throw new Malformed("the key '__proto__'");
  if (!key.startsWith('$')) return key;
  if (!key.startsWith('$$')) throw new Malformed(`the key '${key}'`);
  return key.slice(1);
}

/** @throws Malformed unless the whole is a record. */
export function decodeRecord(json: unknown, give: GiveArray): Record<string, unknown> {
  if (!isRecord(json)) throw new Malformed('no JSON object');
  return decodeTree(json, give) as Record<string, unknown>;
}
