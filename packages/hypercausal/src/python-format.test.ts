import { describe, expect, it } from 'vitest';
import golden from '../test/golden/python-format.json' with { type: 'json' };
import { expectError } from '../test/throws.js';
import { float, pythonExponential, pythonFixed, pythonJson, pythonRepr } from './python-format.js';

const double = (hex: string): number => new DataView(Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16)).buffer).getFloat64(0);

describe('floats, against CPython', () => {
  it.each(golden.floats)('%s %s', (hex, repr, fixed6, exponential3, fixed2, fixed0, exponential0) => {
    const x = double(hex);
    expect(pythonRepr(float(x))).toBe(repr);
    expect(pythonJson(float(x))).toBe(repr);
    expect(pythonFixed(x, 6)).toBe(fixed6);
    expect(pythonExponential(x, 3)).toBe(exponential3);
    expect(pythonFixed(x, 2)).toBe(fixed2);
    expect(pythonFixed(x, 0)).toBe(fixed0);
    expect(pythonExponential(x, 0)).toBe(exponential0);
  });

  it('has names for what is not finite', () => {
    const values = [NaN, Infinity, -Infinity];
    expect(values.map((v) => pythonRepr(v))).toEqual(['nan', 'inf', '-inf']);
    expect(values.map((v) => pythonJson(v))).toEqual(['NaN', 'Infinity', '-Infinity']);
    expect(values.map((v) => pythonFixed(v, 6))).toEqual(['nan', 'inf', '-inf']);
    expect(values.map((v) => pythonExponential(v, 3))).toEqual(['nan', 'inf', '-inf']);
  });
});

it.each(golden.strings)('writes the string %j as CPython does', (text, repr, json) => {
  expect(pythonRepr(text)).toBe(repr);
  expect(pythonJson(text)).toBe(json);
});

it('writes whole plain numbers as integers and marked ones as floats', () => {
  expect(pythonJson({ step: 3, loss: float(3), rate: 0.5, list: [1, null, true], empty: {}, none: [] })).toBe(
    '{"step": 3, "loss": 3.0, "rate": 0.5, "list": [1, null, true], "empty": {}, "none": []}',
  );
  expect(pythonRepr({ a: [1, float(2)], b: null, c: false, d: {} })).toBe("{'a': [1, 2.0], 'b': None, 'c': False, 'd': {}}");
});

it('indents as json.dumps does', () => {
  expect(pythonJson({ a: { b: [1, 2] }, c: {} }, 2)).toBe('{\n  "a": {\n    "b": [\n      1,\n      2\n    ]\n  },\n  "c": {}\n}');
});

it.each([
  ['a function', { a: [1, (() => 0) as never] }, 'a.1'],
  ['undefined', { a: { b: undefined as never } }, 'a.b'],
  ['a bigint', { a: 1n as never }, 'a'],
  ['a Map', { a: new Map() as never }, 'a'],
])('refuses %s and says where it stands', (_, value, path) => {
  expectError('NOT_JSON', `'${path}'`, () => pythonJson(value));
});
