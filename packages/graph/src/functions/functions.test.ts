import { describe, expect, it } from 'vitest';
import { valueAndGrad } from '../autodiff.js';
import { asarray, type NDArray } from '../ndarray.js';
import { concat } from '../ops/concat.js';
import type { Tensor } from '../tensor.js';
import { expandDims, squeeze, stack } from './axes.js';
import { logsumexp } from './logsumexp.js';
import { oneHot } from './one-hot.js';
import { square } from './square.js';
import { variance } from './variance.js';

const f64 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'float64' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();

describe('expandDims and squeeze', () => {
  it('put an axis in and take it out', () => {
    const x = f64([[1, 2, 3], [4, 5, 6]]);
    expect(expandDims(x, 0).shape).toEqual([1, 2, 3]);
    expect(expandDims(x, -1).shape).toEqual([2, 3, 1]);
    expect(read(expandDims(x, 1))).toEqual([[[1, 2, 3]], [[4, 5, 6]]]);
    expect(read(squeeze(expandDims(x, -2), 1))).toEqual(read(x));
  });

  it('name the axis that cannot go', () => {
    expect(() => squeeze(f64([[1, 2]]), 1)).toThrow(/squeeze: axis 1 has 2 elements.*float64\[1, 2\].*SHAPE_MISMATCH/);
    expect(() => expandDims(f64([1]), 3)).toThrow(/expandDims: no such axis.*from -2 to 1/);
  });
});

describe('stack', () => {
  it('joins along a new axis', () => {
    expect(read(stack([f64([1, 2]), f64([3, 4])]))).toEqual([[1, 2], [3, 4]]);
    expect(read(stack([f64([1, 2]), f64([3, 4])], { axis: -1 }))).toEqual([[1, 3], [2, 4]]);
    expect(read(stack([f64(1), f64(2)]))).toEqual([1, 2]);
  });
});

describe('oneHot', () => {
  it('has a one at each label and zeros for labels outside', () => {
    const labels = asarray([[0, 2], [-1, 3]], { dtype: 'int32' });
    expect(read(oneHot(labels, 3))).toEqual([[[1, 0, 0], [0, 0, 1]], [[0, 0, 0], [0, 0, 0]]]);
    expect(oneHot(labels, 3, 'float64').dtype).toBe('float64');
  });
});

describe('square', () => {
  it('keeps the type and has the gradient 2x', () => {
    expect(read(square(asarray([-3, 2], { dtype: 'int32' })))).toEqual([9, 4]);
    expect(read(valueAndGrad((x: Tensor) => square(x))(f64(-1.5))[1])).toBe(-3);
  });
});

describe('variance', () => {
  it('divides by n, or by n - 1', () => {
    // Mean 2.5, squared distances 2.25 + 0.25 + 0.25 + 2.25 = 5.
    expect(read(variance(f64([1, 2, 3, 4])))).toBe(1.25);
    expect((variance(f64([1, 2, 3, 4]), { correction: 1 }) as NDArray).item()).toBeCloseTo(5 / 3, 14);
  });

  it('reduces chosen axes and loses nothing to a large mean', () => {
    expect(read(variance(f64([[1e9, 1e9 + 2], [5, 5]]), { axes: -1 }))).toEqual([1, 0]);
    expect(variance(f64([[1, 2]]), { axes: 1, keepDims: true }).shape).toEqual([1, 1]);
  });

  it('has the gradient 2 (x - mean) / n', () => {
    expect(read(valueAndGrad((x: Tensor) => variance(x))(f64([1, 2, 3, 4]))[1])).toEqual([-0.75, -0.25, 0.25, 0.75]);
  });

  it('refuses fewer elements than the correction takes', () => {
    expect(() => variance(f64([1]), { correction: 1 })).toThrow(/variance: too few elements.*INVALID_ARGUMENT/);
  });
});

describe('logsumexp', () => {
  it('does not overflow', () => {
    expect((logsumexp(f64([1000, 1000])) as NDArray).item()).toBeCloseTo(1000 + Math.LN2, 10);
    expect((logsumexp(f64([-1000, -1000])) as NDArray).item()).toBeCloseTo(-1000 + Math.LN2, 10);
  });

  it('reduces chosen axes', () => {
    const [first, second] = (logsumexp(f64([[0, Math.log(3)], [1, -Infinity]]), { axes: 1 }) as NDArray).data;
    expect(first).toBeCloseTo(Math.log(4), 14);
    expect(second).toBe(1);
    expect(logsumexp(f64([[0, 1]]), { axes: 0, keepDims: true }).shape).toEqual([1, 2]);
  });

  it('gives -Infinity for nothing but -Infinity, and NaN for NaN', () => {
    expect(read(logsumexp(f64([-Infinity, -Infinity])))).toBe(-Infinity);
    expect(read(logsumexp(f64([Infinity, 0])))).toBe(Infinity);
    expect(read(logsumexp(f64([NaN, 0])))).toBe(NaN);
  });

  it('has the softmax as gradient', () => {
    const gradient = valueAndGrad((x: Tensor) => logsumexp(x))(f64([0, Math.log(3)]))[1] as NDArray;
    expect(gradient.data[0]).toBeCloseTo(0.25, 14);
    expect(gradient.data[1]).toBeCloseTo(0.75, 14);
    const joined = valueAndGrad((x: Tensor) => logsumexp(concat([x, x])))(f64([0, 0]))[1];
    expect(read(joined)).toEqual([0.5, 0.5]);
  });
});
