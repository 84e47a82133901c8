import type { Json } from '@gradus/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, checkJson, digest, frozenCopy, sameJson } from './json.js';

/** The same value with the names of its objects the other way round. */
const reversed = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([name, item]) => [name, reversed(item as Json)]));
};

const json = fc.jsonValue() as fc.Arbitrary<Json>;

describe('canonical JSON', () => {
  it('sorts names at every depth and keeps lists as they are', () => {
    expect(canonicalJson({ b: [2, { d: null, c: 'é"' }], a: true })).toBe('{"a":true,"b":[2,{"c":"é\\"","d":null}]}');
  });

  it('is JSON of the same value, whatever the order of names (property)', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(sameJson(value, reversed(value))).toBe(true);
      }),
    );
  });

  it('has a known digest', () => {
    // printf '{"a":1,"b":[true,null]}' | sha256sum
    expect(digest({ b: [true, null], a: 1 })).toBe('1cc69c7fa23616ca2ec3ee70d24390a6225c8832db8a4c814c7e0e7f942f8668');
  });
});

describe('frozenCopy', () => {
  it('is equal, shares nothing and cannot be changed', () => {
    const value = { list: [{ deep: 1 }] };
    const copy = frozenCopy(value);
    expect(copy).toEqual(value);
    value.list[0].deep = 2;
    expect(copy.list[0].deep).toBe(1);
    expect(() => (copy.list[0].deep = 3)).toThrow(TypeError);
    expect(() => copy.list.push({ deep: 4 })).toThrow(TypeError);
  });
});

describe('checkJson', () => {
  it.each([
    [undefined, 'undefined'],
    [{ a: [1, NaN] }, 'NaN at /a/1'],
    [{ a: { b: undefined } }, 'undefined at /a/b'],
    [[new Date(0)], 'a Date at /0'],
    [{ f: () => 1 }, 'function at /f'],
    [3n, 'bigint'],
    [new Float32Array(2), 'a Float32Array'],
  ])('refuses %s', (value, received) => {
    expect(() => checkJson('The thing', value)).toThrow(
      expect.objectContaining({ code: 'NOT_JSON', message: expect.stringContaining(`The thing is no JSON. Received: ${received}.`) }),
    );
  });

  it('takes all that JSON has', () => {
    expect(() => checkJson('It', { a: [null, true, -0.5, 'x', {}], b: Object.create(null) })).not.toThrow();
  });
});
