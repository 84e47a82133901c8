import type { Evaluation, Model, ModelContext, Params, SampledEstimator, TracedEstimator } from '@gradus/core';
import { add, asarray, cast, cos, multiply, randomKey, sin, sum, type Tensor, type NDArray } from '@gradus/graph';
import { estimatorChecks } from '@gradus/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autodiff, centralDifference, forwardDifference, localRule } from '../index.js';

const f64 = (values: number[]): NDArray => asarray(values, { dtype: 'float64', shape: [values.length] });
const context: ModelContext = { key: randomKey(0), training: true, emit: null, buffers: {} };

/** L = Σ sin(a) + b0² b1, with a metric beside it. */
const model: Model = {
  name: 'waves',
  init: () => ({ a: f64([0.1, -0.4]), b: f64([2, 3]) }),
  loss: ({ a, b }) => {
    const product = multiply(multiply(b, b), asarray([3, 0], { dtype: 'float64' }));
    return { loss: add(sum(sin(a)), sum(product)), metrics: { first: sum(b) } };
  },
  pseudoGradients: ({ a, b }) => ({ gradients: { a: cos(a), b }, metrics: { seen: sum(a) } }),
};
/** The same in numbers; b1 has no part in it. */
const evaluate = async (params: Params): Promise<Evaluation> => {
  const [a, b] = [params.a.data as Float64Array, params.b.data as Float64Array];
  return { loss: Math.sin(a[0]) + Math.sin(a[1]) + 3 * b[0] ** 2, metrics: { first: b[0] + b[1] } };
};
const params = model.init(randomKey(0));
/** By hand: cos(a), and (6 b0, 0). */
const expected = [Math.cos(0.1), Math.cos(-0.4), 12, 0];

const flat = (gradients: Readonly<Record<string, Tensor>>): number[] => Object.values(gradients).flatMap((g) => [...((g as NDArray).data as Float64Array)]);
const traced = (estimator: TracedEstimator) => estimator.estimate(model, params, {}, { ...context, hyperparameters: {} });
const sampled = (estimator: SampledEstimator, epsilon: number, fn = evaluate) =>
  estimator.estimate(fn, params, { key: randomKey(0), hyperparameters: { epsilon } });

describe.each([
  ['autodiff', autodiff, 1e-12],
  ['centralDifference', centralDifference, 1e-6],
  // Its error is ε / 2 times the second derivative: relative to this gradient below ε itself.
  ['forwardDifference', forwardDifference, 1e-3],
  ['localRule', localRule, 1e-12],
] as const)('%s', (_, make, tolerance) => {
  for (const { name, run } of estimatorChecks(make, { tolerance })) it(name, run);
});

describe('estimators', () => {
  it('autodiff gives the exact gradient, the loss and the metrics', () => {
    const { gradients, loss, metrics } = traced(autodiff());
    flat(gradients).forEach((g, i) => expect(g).toBeCloseTo(expected[i], 14));
    expect((loss as NDArray).item()).toBeCloseTo(Math.sin(0.1) + Math.sin(-0.4) + 12, 14);
    expect((metrics.first as NDArray).item()).toBe(5);
  });

  it.each([[centralDifference], [forwardDifference]])('differences are the same in tensors', async (make) => {
    const epsilon = 1e-4;
    const estimator = make({ epsilon });
    const { gradients, loss, metrics } = estimator.traced!(model, params, {}, { ...context, hyperparameters: { epsilon: asarray(epsilon, { dtype: 'float64' }) } });
    const one = await sampled(estimator, epsilon);
    flat(gradients).forEach((g, i) => expect(g).toBeCloseTo(flat(one.gradients)[i], 10));
    expect([(loss as NDArray).item(), (metrics.first as NDArray).item()]).toEqual([one.evaluation.loss, 5]);
  });

  it('differences in tensors go in groups where there are many elements, and both element types keep theirs', () => {
    const many = { wide: asarray(Float64Array.from({ length: 1100 }, (_, i) => i / 1000)), narrow: asarray([3, -2]) };
    const squares: Model = { name: 'squares', init: () => many, loss: ({ wide, narrow }) => add(sum(multiply(wide, wide)), cast(sum(multiply(narrow, narrow)), 'float64')) };
    const hyperparameters = { epsilon: asarray(0.125, { dtype: 'float64' }) };
    const { gradients } = centralDifference().traced!(squares, many, {}, { ...context, hyperparameters });
    // A central difference of a square is exact: 2x.
    (gradients.wide as NDArray).data.forEach((g, i) => expect(Number(g)).toBeCloseTo(i / 500, 9));
    expect(gradients.narrow).toMatchObject({ dtype: 'float32', shape: [2] });
    expect((gradients.narrow as NDArray).toArray()).toEqual([6, -4]);
  });

  it('differences in tensors make the loss NaN where epsilon is lost in rounding', () => {
    const hyperparameters = { epsilon: asarray(1e-17, { dtype: 'float64' }) };
    const { loss } = centralDifference().traced!(model, params, {}, { ...context, hyperparameters });
    expect((loss as NDArray).item()).toBeNaN();
  });

  it('local rules pass through', () => {
    const { gradients, loss, metrics } = traced(localRule());
    expect(flat(gradients)).toEqual([Math.cos(0.1), Math.cos(-0.4), 2, 3]);
    expect(loss).toBeNull();
    expect((metrics.seen as NDArray).item()).toBeCloseTo(-0.3, 15);
  });

  it('differences are the quotients of their formulas', async () => {
    const epsilon = 1e-3;
    const central = await sampled(centralDifference(), epsilon);
    const forward = await sampled(forwardDifference(), epsilon);
    // sin(x + ε) - sin(x - ε) = 2 cos x sin ε; of 3 b² the central quotient is exact, the forward one has 3 ε too much.
    const centralValues = [Math.cos(0.1) * (Math.sin(epsilon) / epsilon), Math.cos(-0.4) * (Math.sin(epsilon) / epsilon), 12, 0];
    const forwardValues = [0.1, -0.4].map((x) => (Math.sin(x + epsilon) - Math.sin(x)) / epsilon).concat([12 + 3 * epsilon, 0]);
    flat(central.gradients).forEach((g, i) => expect(g).toBeCloseTo(centralValues[i], 10));
    flat(forward.gradients).forEach((g, i) => expect(g).toBeCloseTo(forwardValues[i], 10));
    expect(central.evaluation).toEqual(await evaluate(params));
  });

  it('differences evaluate the base first, then each element with the others at the base', async () => {
    const seen: number[][] = [];
    const watch = async (at: Params): Promise<Evaluation> => (seen.push(flat(at)), evaluate(at));
    await sampled(centralDifference(), 0.5, watch);
    const base = [0.1, -0.4, 2, 3];
    const moved = base.flatMap((_, i) => [0.5, -0.5].map((shift) => base.map((v, j) => (i === j ? v + shift : v))));
    expect(seen).toEqual([base, ...moved]);
    seen.length = 0;
    await sampled(forwardDifference(), 0.5, watch);
    expect(seen).toEqual([base, ...moved.filter((_, i) => i % 2 === 0)]);
    expect(flat(params)).toEqual(base);
  });

  it('central differences are exact for quadratics (property)', async () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true });
    await fc.assert(
      fc.asyncProperty(number, number, number, fc.double({ min: 0.01, max: 1, noNaN: true }), async (a, b, x, epsilon) => {
        const quadratic = async ({ x: at }: Params): Promise<Evaluation> => ({ loss: a * at.item() ** 2 + b * at.item() });
        const { gradients } = await centralDifference().estimate(quadratic, { x: f64([x]) }, { key: randomKey(0), hyperparameters: { epsilon } });
        expect(Math.abs(gradients.x.item() - (2 * a * x + b))).toBeLessThan(1e-9 / epsilon);
      }),
    );
  });

  it('float32 parameters get float32 gradients', async () => {
    const square = async ({ x }: Params): Promise<Evaluation> => ({ loss: x.item() ** 2 });
    const { gradients } = await centralDifference().estimate(square, { x: asarray([3]) }, { key: randomKey(0), hyperparameters: { epsilon: 1e-3 } });
    expect(gradients.x.dtype).toBe('float32');
    // Rounding of 3 ± 0.001 to float32 moves the quotient by at most 2^-22 / 1e-3 · 6.
    expect(Math.abs(gradients.x.item() - 6)).toBeLessThan(1.5e-3);
  });

  it('names the element at which the loss is not finite', async () => {
    const breaks = async (at: Params): Promise<Evaluation> => (at.b.data[1] > 3 ? { loss: NaN } : evaluate(at));
    await expect(sampled(centralDifference(), 0.1, breaks)).rejects.toMatchObject({
      code: 'NON_FINITE_LOSS',
      message: expect.stringMatching(/NaN with element 1 of parameter 'b' moved by 0\.1/),
      data: { parameter: 'b', element: 1, shift: 0.1 },
    });
  });

  it('gives no gradient, and asks no further, where the base itself is not finite', async () => {
    let calls = 0;
    const broken = async (): Promise<Evaluation> => (calls++, { loss: NaN, metrics: { first: 1 } });
    const { gradients, evaluation } = await sampled(centralDifference(), 0.1, broken);
    expect(flat(gradients)).toEqual([NaN, NaN, NaN, NaN]);
    expect([evaluation, calls]).toEqual([{ loss: NaN, metrics: { first: 1 } }, 1]);
  });

  it('refuses an epsilon that rounding swallows', async () => {
    const far = { w: asarray([1, 2 ** 24]) };
    const estimate = centralDifference().estimate(async () => ({ loss: 0 }), far, { key: randomKey(0), hyperparameters: { epsilon: 1e-3 } });
    await expect(estimate).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/element 1 of parameter 'w'.*16777216 \+ 0\.001 in float32.*larger epsilon/),
    });
  });

  it('refuses an epsilon of 0 from a schedule', async () => {
    await expect(sampled(forwardDifference({ epsilon: () => 0 }), 0)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('refuses an option it does not have', () => {
    expect(() => centralDifference({ eps: 1e-3 } as never)).toThrow(/centralDifference has no option 'eps'.*Did you mean 'epsilon'/);
  });

  it.each([0, -1, NaN, Infinity])('refuses epsilon %s', (epsilon) => {
    for (const make of [centralDifference, forwardDifference]) {
      expect(() => make({ epsilon })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(/'epsilon' of \w+Difference/) }));
    }
  });
});
