import type { GradientTransform, TransformState } from '@gradus/core';
import { asarray, normal, randomKey, scalar, split, zeros, type NDArray, type Tensor } from '@gradus/graph';
import { optimizerChecks } from '@gradus/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adaptiveGradClip, addNoise, applyIfFinite, centralize, clipByBlockRms, clipByGlobalNorm, clipByValue, ema, keepParamsNonnegative,
  normalizeByUpdateNorm, zeroNans,
} from '../index.js';

const f64 = (values: number[]): NDArray => asarray(values, { dtype: 'float64', shape: [values.length] });

function apply(transform: GradientTransform, gradients: Record<string, NDArray>): Record<string, NDArray> {
  const hyperparameters = Object.fromEntries(Object.entries(transform.hyperparameters!).map(([name, value]) => [name, scalar(value as number, 'float64')]));
  return transform.update(gradients, {}, gradients, { hyperparameters })[0] as Record<string, NDArray>;
}
const values = (arrays: Record<string, NDArray>): number[] => Object.values(arrays).flatMap((a) => [...(a.data as Float64Array)]);
const norm = (list: readonly number[]): number => Math.sqrt(list.reduce((total, v) => total + v * v, 0));

/** `transform` with a key in its context. */
const keyed = (transform: GradientTransform, seed = 7): GradientTransform => ({
  ...transform,
  update: (gradients, state, params, context) => transform.update(gradients, state, params, { key: randomKey(seed), ...context }),
});

describe.each([
  ['adaptiveGradClip', () => adaptiveGradClip(0.5)],
  ['addNoise', () => keyed(addNoise({ eta: 0.1 }))],
  ['applyIfFinite', () => applyIfFinite(ema())],
  ['centralize', () => centralize()],
  ['clipByBlockRms', () => clipByBlockRms(0.5)],
  ['clipByGlobalNorm', () => clipByGlobalNorm(0.5)],
  ['clipByValue', () => clipByValue(0.5)],
  ['ema', () => ema()],
  ['ema without debias', () => ema({ decay: 0, debias: false })],
  ['keepParamsNonnegative', () => keepParamsNonnegative()],
  ['normalizeByUpdateNorm', () => normalizeByUpdateNorm()],
  ['zeroNans', () => zeroNans()],
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

it('clipByBlockRms scales each parameter by its own root mean square', () => {
  // Root mean squares 5 and 1: the first is halved twice and a half, the second stays.
  expect(values(apply(clipByBlockRms(2), { a: f64([1, 7]), b: f64([1, -1]) }))).toEqual([0.4, 2.8000000000000003, 1, -1]);
  const [clipped] = clipByBlockRms(1).update({ g: f64([0, 0]) }, {}, {}, { hyperparameters: { threshold: scalar(0, 'float64') } });
  expect(values(clipped as Record<string, NDArray>)).toEqual([0, 0]);
});

describe('adaptiveGradClip', () => {
  const update = (gradient: NDArray, param: NDArray, transform = adaptiveGradClip(0.5)): number[] => {
    const context = { hyperparameters: { clipping: scalar(0.5, 'float64') } };
    return values(transform.update({ w: gradient }, {}, { w: param }, context)[0] as Record<string, NDArray>);
  };
  const matrix = (rows: number[][]): NDArray => asarray(rows, { dtype: 'float64' });

  it('takes the columns of a matrix for its units', () => {
    // Columns of the parameter have the norms 5 and 2, those of the gradient 5 and 1: bounds 2.5 and 1.
    expect(update(matrix([[3, 0], [4, 1]]), matrix([[4, 2], [3, 0]]))).toEqual([1.5, 0, 2, 1]);
  });

  it('takes other axes by name and shape', () => {
    const rows = adaptiveGradClip(0.5, { axes: (name, shape) => (name === 'w' && shape.length === 2 ? [1] : []) });
    // Rows of the parameter have the norms 5 and 4, those of the gradient 10 and 1.
    expect(update(matrix([[6, 8], [1, 0]]), matrix([[3, 4], [4, 0]]), rows)).toEqual([1.5, 2, 1, 0]);
  });

  it('lets zeros grow', () => {
    expect(update(f64([3, 4]), f64([0, 0]))[0]).toBeCloseTo(3e-4, 15);
  });
});

it('centralize gives units the mean 0', () => {
  const gradient = { w: asarray([[1, 2], [3, 8]], { dtype: 'float64' }), b: f64([1, 2]) };
  const give = (transform: GradientTransform): number[] => values(transform.update(gradient, {}, {}, { hyperparameters: {} })[0] as never);
  expect(give(centralize())).toEqual([-1, -3, 1, 3, 1, 2]);
  expect(give(centralize({ axes: () => [1] }))).toEqual([-0.5, 0.5, -2.5, 2.5, 1, 2]);
});

describe('applyIfFinite', () => {
  const count = (state: TransformState, name: string): number => Number((state[name] as NDArray).data[0]);

  it('keeps count, and the state of what it holds', () => {
    const transform = applyIfFinite(ema({ decay: 0.5, debias: false }), { maxConsecutiveErrors: 1 });
    let state = transform.init({ w: f64([0]) });
    const seen: (number | null)[][] = [];
    for (const g of [4, NaN, 8, Infinity, 2, NaN, NaN]) {
      const [updates, next] = transform.update({ w: f64([g]) }, state, {}, { hyperparameters: {} });
      state = next;
      seen.push([(updates.w as NDArray).item(), count(state, 'notFiniteCount'), count(state, 'lastFinite'), count(state, 'totalNotFinite')]);
    }
    // The mean goes 2, (2), 5, (5), 3.5; the second NaN in a row is let through.
    expect(seen).toEqual([[2, 0, 1, 0], [0, 1, 0, 1], [5, 0, 1, 1], [0, 1, 0, 2], [3.5, 0, 1, 2], [0, 1, 0, 3], [NaN, 2, 0, 4]]);
  });

  it('has the hyperparameters and the evaluation parameters of what it holds', () => {
    const averaged: GradientTransform = { ...ema(), evaluationParams: (_, state) => state.ema as Record<string, Tensor> };
    const transform = applyIfFinite(averaged);
    const state = transform.init({ w: f64([0]) });
    const [, next] = transform.update({ w: f64([10]) }, state, {}, { hyperparameters: {} });
    expect((transform.evaluationParams!({}, next).w as NDArray).item()).toBeCloseTo(1, 14);
    expect(applyIfFinite(ema()).evaluationParams).toBeUndefined();
    expect(applyIfFinite(clipByValue(3)).hyperparameters).toEqual({ maxValue: 3 });
  });
});

describe('addNoise', () => {
  it('adds normal numbers of the step and the parameter, ever fewer', () => {
    const transform = keyed(addNoise({ eta: 0.09, gamma: 2 }), 3);
    const gradients = { a: f64([1, 2]), b: f64([3]) };
    const [first, second] = split(randomKey(3), 2);
    const noise = [first, second].flatMap((key, i) => [...((normal(key, [2 - i], { dtype: 'float64' }) as NDArray).data as Float64Array)]);
    let state = transform.init(gradients);
    for (const deviation of [0.3, 0.3 / 2, 0.3 / 3]) {
      const [updates, next] = transform.update(gradients, state, {}, { hyperparameters: { eta: scalar(0.09, 'float64') } });
      state = next;
      values(updates as Record<string, NDArray>).forEach((value, i) => expect(value).toBeCloseTo([1, 2, 3][i] + deviation * noise[i], 14));
    }
  });

  it('has the variance it says', () => {
    const size = 20_000;
    const [updates] = keyed(addNoise({ eta: 0.25 })).update({ w: zeros([size], 'float64') }, { count: scalar(0, 'int32') }, {}, { hyperparameters: { eta: scalar(0.25, 'float64') } });
    const list = values(updates as Record<string, NDArray>);
    const mean = list.reduce((a, b) => a + b, 0) / size;
    const variance = list.reduce((a, b) => a + (b - mean) ** 2, 0) / size;
    // Five standard errors: 0.5 / sqrt(n) and 0.25 sqrt(2 / n).
    expect(Math.abs(mean)).toBeLessThan(5 * (0.5 / Math.sqrt(size)));
    expect(Math.abs(variance - 0.25)).toBeLessThan(5 * 0.25 * Math.sqrt(2 / size));
  });

  it('says that it needs a key', () => {
    const transform = addNoise({ eta: 1 });
    const update = () => transform.update({ w: f64([1]) }, transform.init({}), {}, { hyperparameters: { eta: scalar(1) } });
    expect(update).toThrow(expect.objectContaining({ code: 'MISSING_CONTEXT', message: expect.stringMatching(/addNoise.*random key.*foldIn/) }));
  });
});

it('zeroNans says where it found some', () => {
  const transform = zeroNans();
  const [updates, state] = transform.update({ a: f64([1, NaN]), b: f64([Infinity]), c: f64([]) }, {}, {}, { hyperparameters: {} });
  expect(values(updates as Record<string, NDArray>)).toEqual([1, 0, Infinity]);
  expect(Object.values(state.foundNan as Record<string, NDArray>).map(({ data }) => data[0])).toEqual([1, 0, 0]);
});

it('keepParamsNonnegative stops at 0', () => {
  const [updates] = keepParamsNonnegative().update({ w: f64([-1, -3, 2]) }, {}, { w: f64([2, 2, 0]) }, { hyperparameters: {} });
  expect(values(updates as Record<string, NDArray>)).toEqual([-1, -2, 2]);
});

it('normalizeByUpdateNorm gives all gradients one length', () => {
  const updates = normalizeByUpdateNorm({ scaleFactor: 13 }).update({ a: f64([3, 4]), b: f64([12]) }, {}, {}, { hyperparameters: {} })[0];
  expect(norm(values(updates as Record<string, NDArray>))).toBeCloseTo(13, 5);
  expect(normalizeByUpdateNorm().update({}, {}, {}, { hyperparameters: {} })[0]).toEqual({});
});

it('ema corrects its bias to rounding in float32', () => {
  const transform = ema({ decay: 0.999 });
  const [updates] = transform.update({ w: asarray([3]) }, transform.init({ w: asarray([0]) }), {}, { hyperparameters: {} });
  expect(Math.abs((updates.w as NDArray).item() / 3 - 1)).toBeLessThan(5e-7);
});

it.each([
  [() => adaptiveGradClip(0), /'clipping' of adaptiveGradClip .*0.*above 0/],
  [() => adaptiveGradClip(1, { eps: -1 }), /'eps' of adaptiveGradClip .*-1/],
  [() => addNoise({} as never), /addNoise needs the option 'eta'/],
  [() => addNoise({ eta: 1, gama: 1 } as never), /addNoise has no option 'gama'.*Did you mean 'gamma'/],
  [() => addNoise({ eta: 1, gamma: NaN }), /'gamma' of addNoise .*NaN/],
  [() => applyIfFinite(ema(), { maxConsecutiveErrors: 1.5 }), /'maxConsecutiveErrors' of applyIfFinite .*1\.5/],
  [() => centralize({ axis: 1 } as never), /centralize has no option 'axis'.*Did you mean 'axes'/],
  [() => clipByBlockRms(-1), /'threshold' of clipByBlockRms .*-1/],
  [() => ema({ decay: 1 }), /'decay' of ema .*1.*below 1/],
  [() => normalizeByUpdateNorm({ eps: 0 }), /'eps' of normalizeByUpdateNorm .*0/],
])('options out of range: %s', (make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }));
});
