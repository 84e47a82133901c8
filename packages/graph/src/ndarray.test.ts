import { describe, expect, it } from 'vitest';
import { arange, asarray, convert, full, NDArray, ones, scalar, zeros } from './ndarray.js';

describe('asarray', () => {
  it('takes element type and shape from the values', () => {
    expect(asarray([[1, 2], [3, 4]])).toMatchObject({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
    expect(asarray(3)).toMatchObject({ dtype: 'float32', shape: [] });
    expect(asarray([true, false])).toMatchObject({ dtype: 'bool', data: Uint8Array.of(1, 0) });
    expect(asarray([1n, -2n])).toMatchObject({ dtype: 'int64', data: BigInt64Array.of(1n, -2n) });
    expect(asarray([])).toMatchObject({ shape: [0] });
    expect(asarray([[], []])).toMatchObject({ shape: [2, 0] });
  });

  it('uses a typed array that fits, and converts one that does not', () => {
    const data = Float64Array.of(1, 2, 3, 4);
    expect(asarray(data).data).toBe(data);
    expect(asarray(data, { shape: [2, 2] })).toMatchObject({ dtype: 'float64', shape: [2, 2] });
    expect(asarray(data, { dtype: 'int32' }).data).toEqual(Int32Array.of(1, 2, 3, 4));
    expect(asarray(asarray([1.5]), { dtype: 'float64', shape: [] })).toMatchObject({ dtype: 'float64', shape: [] });
  });

  it('does not take bytes for bool unless they are 0 and 1', () => {
    expect(asarray(Uint8Array.of(0, 1)).dtype).toBe('bool');
    expect(() => asarray(Uint8Array.of(0, 7))).toThrow(/holds bool.*byte of 7.*dtype: 'float32'.*DTYPE_MISMATCH/);
    expect(asarray(Uint8Array.of(0, 7), { dtype: 'float32' }).data).toEqual(Float32Array.of(0, 7));
    expect(asarray(Uint8Array.of(0, 7), { dtype: 'bool' }).data).toEqual(Uint8Array.of(0, 1));
  });

  it('refuses what is not an array', () => {
    expect(() => asarray([[1, 2], [3]])).toThrow(/unequal lengths.*\[2, 2\].*SHAPE_MISMATCH/);
    expect(() => asarray([1, [2]])).toThrow('SHAPE_MISMATCH');
    expect(() => asarray([[1], 2])).toThrow('SHAPE_MISMATCH');
    expect(() => asarray([1, 'x' as never])).toThrow(/not a number.*string.*DTYPE_MISMATCH/);
    expect(() => asarray([null as never])).toThrow(/not a number.*null/);
    expect(() => asarray([1, 2, 3], { shape: [2, 2] })).toThrow(/3 elements.*4 for shape \[2, 2\].*SHAPE_MISMATCH/);
    expect(() => asarray([1, 2], { shape: [-1, -2] })).toThrow(/not a shape.*\[-1, -2\]/);
    expect(() => asarray([1], { dtype: 'float16' as never })).toThrow(/no such element type.*float16.*float32, float64/);
    expect(() => asarray(new Int8Array(1) as never)).toThrow(/Int8Array.*DTYPE_MISMATCH/);
  });
});

describe('convert', () => {
  it('casts as C does', () => {
    expect(convert([1.9, -1.9, true], 'int32')).toEqual(Int32Array.of(1, -1, 1));
    expect(convert([2 ** 32 + 5, -1], 'uint32')).toEqual(Uint32Array.of(5, 4294967295));
    expect(convert([0, 0.1, -2, NaN], 'bool')).toEqual(Uint8Array.of(0, 1, 1, 1));
    expect(convert([2n ** 40n + 3n, -1n], 'int32')).toEqual(Int32Array.of(3, -1));
    expect(convert([2n ** 53n], 'float64')).toEqual(Float64Array.of(2 ** 53));
    expect(convert([1.9, -1.9, 2 ** 40], 'int64')).toEqual(BigInt64Array.of(1n, -1n, 2n ** 40n));
  });

  it('never throws on values that no integer has', () => {
    for (const dtype of ['int32', 'int64', 'uint32'] as const) expect(convert([NaN, Infinity, -Infinity, 1e30], dtype)).toHaveLength(4);
  });
});

describe('NDArray', () => {
  it('refuses data of another size or storage', () => {
    expect(() => new NDArray('float32', [2], new Float32Array(3))).toThrow(/3 elements.*2 for shape \[2\].*SHAPE_MISMATCH/);
    expect(() => new NDArray('float32', [2], new Float64Array(2))).toThrow(/Float64Array.*float32.*DTYPE_MISMATCH/);
  });

  it('reads one element, or all of them nested', () => {
    expect(asarray([[7]]).item()).toBe(7);
    expect(scalar(3n, 'int64').item()).toBe(3);
    expect(() => asarray([1, 2]).item()).toThrow(/one element.*\[2\].*Reduce/);
    expect(asarray([[true], [false]]).toArray()).toEqual([[true], [false]]);
    expect(asarray([[[1, 2]], [[3, 4]]]).toArray()).toEqual([[[1, 2]], [[3, 4]]]);
    expect(zeros([2, 0]).toArray()).toEqual([[], []]);
    expect(scalar(5).toArray()).toBe(5);
    expect(String(zeros([2, 3]))).toBe('float32[2, 3]');
    expect(zeros([2, 3]).size).toBe(6);
  });
});

describe('makers', () => {
  it('fill', () => {
    expect(full([2], 1.5, 'float64').data).toEqual(Float64Array.of(1.5, 1.5));
    expect(full([1], 7, 'bool').data).toEqual(Uint8Array.of(1));
    expect(full([1], 2, 'int64').data).toEqual(BigInt64Array.of(2n));
    expect(ones([1, 2]).toArray()).toEqual([[1, 1]]);
    expect(zeros([]).toArray()).toBe(0);
    expect(() => zeros([-1])).toThrow(/not a shape.*\[-1\]/);
    expect(() => zeros(3 as never)).toThrow(/not a shape.*3/);
    expect(() => zeros([1], 'half' as never)).toThrow(/no such element type.*half/);
  });

  it('count', () => {
    expect(arange(0, 3).toArray()).toEqual([0, 1, 2]);
    expect(arange(5, 0, -2, 'int32').toArray()).toEqual([5, 3, 1]);
    expect(arange(0, 1, 0.25, 'float64').toArray()).toEqual([0, 0.25, 0.5, 0.75]);
    expect(arange(3, 3).shape).toEqual([0]);
    expect(arange(0, 2, 1, 'int64').data).toEqual(BigInt64Array.of(0n, 1n));
    expect(() => arange(0, 3, 0)).toThrow(/arange.*by 0.*INVALID_ARGUMENT/);
    expect(() => arange(0, Infinity)).toThrow('INVALID_ARGUMENT');
  });
});
