import type { GradientTransform } from '@gradus/core';
import { asarray, scalar, type NDArray } from '@gradus/graph';
import { optimizerChecks } from '@gradus/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipByGlobalNorm, clipByValue } from '../index.js';

const f64 = (values: number[]): NDArray => asarray(values, { dtype: 'float64', shape: [values.length] });

function apply(transform: GradientTransform, gradients: Record<string, NDArray>): Record<string, NDArray> {
  const hyperparameters = Object.fromEntries(Object.entries(transform.hyperparameters!).map(([name, value]) => [name, scalar(value as number, 'float64')]));
  return transform.update(gradients, {}, gradients, { hyperparameters })[0] as Record<string, NDArray>;
}
const values = (arrays: Record<string, NDArray>): number[] => Object.values(arrays).flatMap((a) => [...(a.data as Float64Array)]);
const norm = (list: readonly number[]): number => Math.sqrt(list.reduce((total, v) => total + v * v, 0));

describe.each([
  ['clipByGlobalNorm', () => clipByGlobalNorm(0.5)],
  ['clipByValue', () => clipByValue(0.5)],
] as const)('%s', (_, make) => {
  for (const { name, run } of optimizerChecks(make, { convergence: false })) it(name, run);
});

describe('clipByGlobalNorm', () => {
  it('scales all by the joint norm', () => {
    // The norm of (3, 4, 12) is 13.
    expect(values(apply(clipByGlobalNorm(6.5), { a: f64([3, 4]), b: f64([12]) }))).toEqual([1.5, 2, 6]);
  });

  it('leaves gradients within the bound, and zeros, the same bits', () => {
    expect(values(apply(clipByGlobalNorm(13), { a: f64([3, 4]), b: f64([12]) }))).toEqual([3, 4, 12]);
    expect(values(apply(clipByGlobalNorm(1), { a: f64([0, 0]) }))).toEqual([0, 0]);
    expect(apply(clipByGlobalNorm(1), {})).toEqual({});
  });

  it('gives zeros, not NaN, with a bound of 0', () => {
    const context = { hyperparameters: { maxNorm: scalar(0, 'float64') } };
    for (const g of [f64([0, 0]), f64([3, 4])]) {
      const [clipped] = clipByGlobalNorm(1).update({ g }, {}, {}, context);
      expect(values(clipped as Record<string, NDArray>)).toEqual([0, 0]);
    }
  });

  it('never exceeds the bound and keeps the direction (property)', () => {
    const list = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(list, list, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (a, b, bound) => {
        const before = [...a, ...b];
        const after = values(apply(clipByGlobalNorm(bound), { a: f64(a), b: f64(b) }));
        expect(norm(after)).toBeLessThanOrEqual(bound * (1 + 1e-12));
        const factor = Math.min(1, bound / norm(before));
        after.forEach((v, i) => expect(Math.abs(v - before[i] * (Number.isNaN(factor) ? 1 : factor))).toBeLessThanOrEqual(1e-9 * Math.abs(before[i])));
      }),
    );
  });

  it('takes parameters of different element types', () => {
    const clipped = apply(clipByGlobalNorm(2.5), { a: asarray([3]), b: f64([4]) });
    expect([clipped.a.dtype, clipped.b.dtype]).toEqual(['float32', 'float64']);
    expect(values(clipped)).toEqual([1.5, 2]);
  });
});

it('clipByValue limits each element', () => {
  expect(values(apply(clipByValue(0.5), { a: f64([-3, 0.25]), b: f64([0.5, 9]) }))).toEqual([-0.5, 0.25, 0.5, 0.5]);
});

it.each([0, -1, NaN, Infinity])('bounds of %s are refused', (bound) => {
  for (const make of [clipByGlobalNorm, clipByValue]) expect(() => make(bound)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
