/** What golden.test.ts does not reach: digits near 0, ends of the range, zeros with signs, integers, truth values. */
import { describe, expect, it } from 'vitest';
import { grad, valueAndGrad } from '../autodiff.js';
import { asarray, type NDArray } from '../ndarray.js';
import { abs } from '../ops/abs.js';
import { prelu } from '../ops/p-relu.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';
import { associativeScan } from './associative-scan.js';
import { atan2 } from './atan2.js';
import { cumulativeMax, cumulativeProd } from './cumulative.js';
import { diff } from './diff.js';
import { expm1 } from './exponentials.js';
import { hypot } from './hypot.js';
import { maximumOf, meanOf, minimumOf, sumOf } from './lists.js';
import { logaddexp } from './logaddexp.js';
import { log1p } from './logarithms.js';
import { median } from './median.js';
import { notEqual } from './not-equal.js';
import { floorDivide, trunc } from './rounding.js';
import { copysign, signbit } from './signs.js';
import { sinc } from './sinc.js';
import { std } from './std.js';
import { all, any, countNonzero, isfinite } from './truth.js';
import { vectorNorm } from './vector-norm.js';

const f64 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'float64' });
const i32 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'int32' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();
const slope = (f: (x: Tensor) => Tensor, at: number): number => (grad(f)(f64(at)) as NDArray).item();

/** 10^-300 to 10^300 by small factors, with both signs. */
const spread = Array.from({ length: 1201 }, (_, i) => 10 ** (i / 2 - 300)).flatMap((x) => [x, -x]);

describe('log1p and expm1', () => {
  it.each([
    ['log1p', log1p, Math.log1p, spread.filter((x) => x > -1)],
    ['expm1', expm1, Math.expm1, spread],
  ] as const)('%s keeps all digits everywhere', (_, fn, reference, values) => {
    const actual = fn(f64([...values])) as NDArray;
    values.forEach((x, i) => {
      const [a, e] = [actual.data[i] as number, reference(x)];
      expect(a === e || Math.abs(a - e) <= 1e-15 * Math.abs(e), `${x}: ${a}, expected ${e}`).toBe(true);
    });
  });

  it('go to the limits, and so do their slopes', () => {
    expect(read(log1p(f64([-1, Infinity, NaN, -2])))).toEqual([-Infinity, Infinity, NaN, NaN]);
    expect(read(expm1(f64([-Infinity, Infinity, NaN])))).toEqual([-1, Infinity, NaN]);
    expect([slope(expm1, -Infinity), slope(expm1, 1000), slope(log1p, 1e300)]).toEqual([0, Infinity, 1e-300]);
  });

  it('keep all digits in float32', () => {
    const x = asarray([1e-6, -1e-6, 3e-4]);
    const pairs = [[log1p, Math.log1p], [expm1, Math.expm1]] as const;
    for (const [fn, reference] of pairs) {
      (fn(x) as NDArray).data.forEach((y: number | bigint, i: number) => {
        expect(Math.abs(Number(y) / reference(Number(x.data[i])) - 1)).toBeLessThan(2e-7);
      });
    }
  });
});

describe('signs', () => {
  const numbers = f64([-2, -0, 0, 3, -Infinity, Infinity, NaN]);

  it('signbit sees the sign of zero', () => {
    expect(read(signbit(numbers))).toEqual([true, true, false, false, true, false, false]);
  });

  it('copysign takes it over', () => {
    expect(read(copysign(f64([5, 5, -5, -5, 5, -5]), f64([-2, -0, 0, 3, -Infinity, Infinity])))).toEqual([-5, -5, 5, 5, -5, 5]);
    expect(read(copysign(f64([[1], [-2]]), -1))).toEqual([[-1], [-2]]);
  });
});

describe('atan2', () => {
  it('agrees with C in every quadrant and on the axes', () => {
    const points = [3, 0.5, 0, -0, -0.5, -3];
    for (const y of points) {
      for (const x of points) expect((atan2(f64(y), f64(x)) as NDArray).item(), `${y}, ${x}`).toBeCloseTo(Math.atan2(y, x), 15);
    }
    expect(read(atan2(f64([1, 1, Infinity]), f64([Infinity, -Infinity, 1])))).toEqual([0, Math.PI, Math.PI / 2]);
  });

  it('has the slopes x / r² and -y / r² on the axes too', () => {
    expect([slope((y) => atan2(y, f64(-2)), 0), slope((x) => atan2(f64(4), x), 0), slope((x) => atan2(f64(-0.5), x), 0)]).toEqual([-0.5, -0.25, 2]);
  });
});

describe('hypot', () => {
  it('neither overflows nor underflows', () => {
    expect(read(hypot(f64([3e300, 3e-300, 0, -Infinity]), f64([-4e300, 4e-300, 0, 1])))).toEqual([5e300, 5e-300, 0, Infinity]);
  });

  it('has the slope 0 at the origin', () => {
    expect(slope((x) => hypot(x, f64(0)), 0)).toBe(0);
  });
});

describe('logaddexp', () => {
  it('handles far and infinite operands', () => {
    const [a, b] = [f64([1000, -1000, -Infinity, Infinity, -Infinity, 1]), f64([1000, -1001, -Infinity, Infinity, 2, -1e20])];
    const expected = [1000 + Math.LN2, -1000 + Math.log1p(Math.exp(-1)), -Infinity, Infinity, 2, 1];
    (logaddexp(a, b) as NDArray).data.forEach((y: number | bigint, i: number) => expect(y).toBeCloseTo(expected[i], 12));
  });

  it('shares the slope and has the curvature 1/4 at equal operands', () => {
    const f = (x: Tensor): Tensor => logaddexp(x, f64(3));
    expect(slope(f, 3)).toBe(0.5);
    expect(slope((x) => grad(f)(x), 3)).toBe(0.25);
  });
});

describe('sinc', () => {
  it('has value 1, slope 0 and curvature -π²/3 at 0', () => {
    expect(read(sinc(f64([0, 0.5])))).toEqual([1, 2 / Math.PI]);
    expect(slope(sinc, 0)).toBeCloseTo(0, 15);
    expect(slope((x) => grad(sinc)(x), 0)).toBeCloseTo(-(Math.PI ** 2) / 3, 14);
  });

  it('is smooth where the series ends', () => {
    const edge = 0.1 / Math.PI;
    const [below, above] = [edge * (1 - 1e-9), edge * (1 + 1e-9)];
    for (const f of [sinc, grad(sinc), grad((x: Tensor) => grad(sinc)(x))]) {
      const step = (f(f64(above)) as NDArray).item() - (f(f64(below)) as NDArray).item();
      expect(Math.abs(step)).toBeLessThan(1e-9);
    }
  });
});

describe('rounding', () => {
  it('trunc goes toward zero', () => {
    expect(read(trunc(f64([-1.7, -0.2, 0.2, 1.7, 5])))).toEqual([-1, -0, 0, 1, 5]);
  });

  it('floorDivide rounds down, integers and floats', () => {
    const quotients = [2, -3, -3, 2, 2, -2];
    expect(read(floorDivide(i32([7, -7, 7, -7, 6, -6]), i32([3, 3, -3, -3, 3, 3])))).toEqual(quotients);
    expect(read(floorDivide(f64([7, -7, 7, -7, 6, -6]), f64([3, 3, -3, -3, 3, 3])))).toEqual(quotients);
    // 1 / 0.1 rounds to 10, but ten tenths as stored are more than 1.
    expect(read(floorDivide(f64([1, -1]), 0.1))).toEqual([9, -10]);
    expect(() => floorDivide(i32(1), 0)).toThrow('DIVISION_BY_ZERO');
  });
});

it('prelu takes a slope that broadcasts to x, and no other', () => {
  expect(() => prelu(f64([1, 2]), f64([[1], [2]]))).toThrow(/PRelu: the slope does not broadcast to x.*float64\[2\] and float64\[2, 1\].*SHAPE_MISMATCH/);
});

describe('truth', () => {
  const x = f64([[0, 1, NaN], [0, 0, 0]]);

  it('all, any and countNonzero take what is not 0 as true', () => {
    expect(read(all(x, { axes: 1 }))).toEqual([false, false]);
    expect(read(any(x, { axes: 1 }))).toEqual([true, false]);
    expect(read(any(x, { axes: 0, keepDims: true }))).toEqual([[false, true, true]]);
    expect(read(all(asarray([true, true])))).toBe(true);
    expect(read(countNonzero(x, { axes: 1 }))).toEqual([2, 0]);
    expect(countNonzero(asarray([true, false]))).toMatchObject({ dtype: 'int32', shape: [] });
  });

  it('of nothing, all are true and none is', () => {
    const nothing = asarray([], { dtype: 'bool' });
    expect([read(all(nothing)), read(any(nothing)), read(countNonzero(nothing))]).toEqual([true, false, 0]);
  });

  it('isfinite and notEqual', () => {
    expect(read(isfinite(f64([1, -1e308, Infinity, -Infinity, NaN])))).toEqual([true, true, false, false, false]);
    expect(read(notEqual(f64([1, 2, NaN]), f64([1, 3, NaN])))).toEqual([false, true, true]);
  });
});

describe('reductions', () => {
  it('std and norms of equal elements or zeros have the gradient 0', () => {
    const zeros = f64([0, 0, 0]);
    for (const f of [std, ...[1, 2, 3, Infinity].map((ord) => (x: Tensor) => vectorNorm(x, { ord }))]) {
      const [value, gradient] = valueAndGrad((x: Tensor) => f(x))(zeros);
      expect([read(value), read(abs(gradient))]).toEqual([0, [0, 0, 0]]);
    }
  });

  it('vectorNorm has the orders 0, -Infinity and -1', () => {
    const x = f64([[3, 0, -4], [2, 1, 2]]);
    expect(read(vectorNorm(x, { ord: 0, axes: 1 }))).toEqual([2, 3]);
    expect(read(vectorNorm(x, { ord: -Infinity, axes: 1 }))).toEqual([0, 1]);
    expect(read(vectorNorm(x, { ord: -1, axes: 1 }))).toEqual([0, 0.5]);
    expect(vectorNorm(x, { keepDims: true }).shape).toEqual([1, 1]);
    expect(() => vectorNorm(x, { ord: NaN })).toThrow('INVALID_ARGUMENT');
  });

  it('median of an even number is the mean of the middle two', () => {
    expect(read(median(f64([5, 1, 4, 2])))).toBe(3);
    expect(read(median(f64([[5, 1], [4, 9]]), { axis: 0, keepDims: true }))).toEqual([[4.5, 5]]);
    expect(median(f64([[5, 1], [4, 9]]), { keepDims: true }).shape).toEqual([1, 1]);
    expect(read(grad((x: Tensor) => median(x))(f64([5, 1, 4, 2])))).toEqual([0, 0, 0.5, 0.5]);
    expect(() => median(f64([]))).toThrow('SHAPE_MISMATCH');
  });
});

describe('running results', () => {
  it('associativeScan runs either way, and keeps the order of what does not commute', () => {
    const lastSeen = (left: Tensor, right: Tensor): Tensor => where(notEqual(right, 0), right, left);
    const x = f64([[1, 0, 2, 0, 0], [0, 3, 0, 0, 4]]);
    expect(read(associativeScan(lastSeen, x))).toEqual([[1, 1, 2, 2, 2], [0, 3, 3, 3, 4]]);
    expect(read(associativeScan(lastSeen, x, { reverse: true }))).toEqual([[2, 2, 2, 0, 0], [4, 4, 4, 4, 4]]);
    expect(read(associativeScan(lastSeen, x, { axis: 0 }))).toEqual([[1, 0, 2, 0, 0], [1, 3, 2, 0, 4]]);
  });

  it('cumulativeProd leaves out the element itself when exclusive', () => {
    const x = i32([[2, 3, 4], [5, 0, 6]]);
    expect(read(cumulativeProd(x, { exclusive: true }))).toEqual([[1, 2, 6], [1, 5, 0]]);
    expect(read(cumulativeProd(x, { exclusive: true, reverse: true }))).toEqual([[12, 4, 1], [0, 6, 1]]);
    expect(read(cumulativeProd(x, { axis: 0, reverse: true }))).toEqual([[10, 0, 24], [5, 0, 6]]);
  });

  it('take an axis of nothing and of one', () => {
    expect(cumulativeProd(f64([[], []]), { exclusive: true }).shape).toEqual([2, 0]);
    expect(read(cumulativeMax(f64([[3], [1]])))).toEqual([[3], [1]]);
  });

  it('diff says which orders there are', () => {
    expect(read(diff(i32([1, 4, 9, 16])))).toEqual([3, 5, 7]);
    expect(read(diff(f64([[1, 5], [4, 2]]), { axis: 0 }))).toEqual([[3, -3]]);
    expect(() => diff(f64([1]), { n: -1 })).toThrow('INVALID_ARGUMENT');
  });
});

describe('lists', () => {
  const tensors = [f64([1, 5]), f64(2), f64([[3, 0]])];

  it('broadcast', () => {
    expect(read(sumOf(tensors))).toEqual([[6, 7]]);
    expect(read(meanOf(tensors))).toEqual([[2, 7 / 3]]);
    expect(read(maximumOf(tensors))).toEqual([[3, 5]]);
    expect(read(minimumOf(tensors))).toEqual([[1, 0]]);
    expect(read(sumOf([i32([1, 2])]))).toEqual([1, 2]);
  });

  it('must hold something', () => {
    expect(() => maximumOf([])).toThrow(/maximumOf: an empty list.*INVALID_ARGUMENT/);
  });
});
