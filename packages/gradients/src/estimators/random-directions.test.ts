/** Estimators by random directions: their formulas, the same in tensors and one by one, and that they train. */
import { Trainer, type Evaluation, type Model, type ModelContext, type Params, type SampledEstimator } from '@gradus/core';
import type { NDArray} from '@gradus/graph';
import { add, asarray, exp, mean, multiply, randomKey, scalar, square, subtract, sum, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { evolutionStrategies, spsa } from '../index.js';

const f64 = (values: number[]): NDArray => asarray(values, { dtype: 'float64', shape: [values.length] });
const flat = (gradients: Readonly<Record<string, Tensor>>): number[] => Object.values(gradients).flatMap((g) => [...((g as NDArray).data as Float64Array)]);

/** L = a·x + Σ y², with two parameters. */
const slopes = [2, -1, 0.5];
const params: Params = { x: f64([0.3, -0.2, 1]), y: f64([0.5, -1]) };
const model: Model = {
  name: 'bowl',
  init: () => params,
  loss: ({ x, y }) => ({ loss: add(sum(multiply(x, f64(slopes))), sum(square(y))), metrics: { first: sum(x) } }),
};
const lossOf = ({ x, y }: Params): number =>
  (x.data as Float64Array).reduce((total, v, i) => total + v * slopes[i], 0) + (y.data as Float64Array).reduce((total, v) => total + v * v, 0);
const evaluate = async (at: Params): Promise<Evaluation> => ({ loss: lossOf(at), metrics: { first: 0 } });
const sampled = (estimator: SampledEstimator, seed: number, fn = evaluate, at = params) =>
  estimator.estimate(fn, at, { key: randomKey(seed), hyperparameters: { perturbation: 0.1, sigma: 0.1 } });
const tensors = (estimator: SampledEstimator, seed: number, of = model, at = params) => {
  const step = scalar(0.1, 'float64');
  const context: ModelContext = { key: randomKey(seed), training: true, emit: null, buffers: {} };
  return estimator.traced!(of, at, {}, { ...context, hyperparameters: { perturbation: step, sigma: step } });
};

const makers = { spsa: (n = 6) => spsa({ samples: n / 2 }), ranks: (n = 6) => evolutionStrategies({ population: n }), raw: (n = 6) => evolutionStrategies({ population: n, shaping: 'none' }) };

describe.each(Object.entries(makers))('%s', (name, make) => {
  it('gives the same in tensors and one by one, and reports the base', async () => {
    const one = await sampled(make(), 3);
    const { gradients, loss, metrics } = tensors(make(), 3);
    flat(gradients).forEach((g, i) => expect(g).toBeCloseTo(flat(one.gradients)[i], 9));
    expect((loss as NDArray).item()).toBeCloseTo(lossOf(params), 12);
    expect((metrics.first as NDArray).item()).toBeCloseTo(1.1, 12);
    expect(one.evaluation.loss).toBe(lossOf(params));
  });

  it('draws from the key alone, and other directions from another', async () => {
    const [a, again, b] = [await sampled(make(), 1), await sampled(make(), 1), await sampled(make(), 2)];
    expect(flat(again.gradients)).toEqual(flat(a.gradients));
    expect(flat(b.gradients)).not.toEqual(flat(a.gradients));
  });

  it('evaluates the base, and both ends of each direction', async () => {
    const seen: Params[] = [];
    await sampled(make(), 1, async (at) => (seen.push(at), evaluate(at)));
    expect(seen).toHaveLength(7);
    expect(seen[0]).toBe(params);
    // Ends lie opposite of each other.
    for (let k = 1; k < 7; k += 2) flat(seen[k]).forEach((v, i) => expect(v + flat(seen[k + 1])[i]).toBeCloseTo(2 * flat(params)[i], 12));
  });

  it('says where the loss is not finite', async () => {
    let calls = 0;
    await expect(sampled(make(), 1, async () => ({ loss: calls++ === 2 ? NaN : 1 }))).rejects.toMatchObject({ code: 'NON_FINITE_LOSS' });
    const base = await sampled(make(), 1, async () => ({ loss: Infinity }));
    expect(flat(base.gradients)).toEqual([NaN, NaN, NaN, NaN, NaN]);
    const breaks: Model = { ...model, loss: ({ x, y }) => exp(multiply(sum(multiply(x, x)), add(sum(multiply(y, 0)), 1e4))) };
    expect((tensors(make(), 1, breaks).loss as NDArray).item()).toBeNaN();
  });

  it('trains', async () => {
    const line: Model = { name: 'line', init: () => ({ w: f64([0]), b: f64([0]) }), loss: (p, { x, y }) => mean(square(subtract(add(multiply(p.w, x), p.b), y))) };
    const x = Array.from({ length: 20 }, (_, i) => i / 20);
    const spec = { dtype: 'float64', shape: [] } as const;
    const data = { fields: { x: spec, y: spec }, size: 20, batchSize: 20, length: 1, batches: () => [{ x: f64(x), y: f64(x.map((v) => 3 * v - 1)) }] };
    const descent = { name: 'descent', init: () => ({}), update: (g: Record<string, Tensor>, s: object) => [Object.fromEntries(Object.entries(g).map(([n, t]) => [n, multiply(t, name === 'ranks' ? -0.05 : -0.2)])), s] as never };
    const trainer = new Trainer({ model: line, optimizer: descent, gradient: make(16) });
    await trainer.fit(data, { epochs: 400, run: false, handleSignals: false });
    expect(Math.abs(trainer.params.w.data[0] as number - 3)).toBeLessThan(0.3);
  });
});

describe('the formulas', () => {
  it('SPSA of one parameter is the central difference, whatever the sign', async () => {
    const cubic = async ({ x }: Params): Promise<Evaluation> => ({ loss: (x.data[0] as number) ** 3 });
    for (const seed of [1, 2, 3]) {
      const { gradients } = await sampled(spsa(), seed, cubic, { x: f64([2]) });
      // ((2.1)³ - (1.9)³) / 0.2
      expect(gradients.x.data[0]).toBeCloseTo(12.01, 9);
    }
  });

  it('the mean over many directions is the gradient', async () => {
    const exact = [...slopes, 1, -2];
    const directions = 4000;
    for (const estimator of [spsa({ samples: directions }), evolutionStrategies({ population: 2 * directions, shaping: 'none' })]) {
      const { gradients } = tensors(estimator, 5);
      // An element's variance is at most 2 |g|² = 20.5: five standard errors.
      flat(gradients).forEach((g, i) => expect(Math.abs(g - exact[i])).toBeLessThan(5 * Math.sqrt(20.5 / directions)));
    }
  });

  it('directions are signs for SPSA, and normal for evolution strategies', async () => {
    const moves = async (estimator: SampledEstimator): Promise<number[]> => {
      const seen: number[] = [];
      const at = { x: f64(Array.from({ length: 2000 }, () => 0)) };
      await sampled(estimator, 1, async (p) => (seen.push(...flat(p)), { loss: 1 }), at);
      return seen.slice(2000, 4000).map((v) => v / 0.1);
    };
    expect(new Set((await moves(spsa())).map((v) => v.toFixed(9)))).toEqual(new Set(['1.000000000', '-1.000000000']));
    const normal = await moves(evolutionStrategies({ population: 2 }));
    const average = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
    expect(Math.abs(average(normal))).toBeLessThan(0.1);
    expect(Math.abs(average(normal.map((v) => v * v)) - 1)).toBeLessThan(0.16);
  });

  it('ranks see the order of the losses alone, and ties share theirs', async () => {
    const plain = await sampled(evolutionStrategies({ population: 8 }), 4);
    const warped = await sampled(evolutionStrategies({ population: 8 }), 4, async (at) => ({ loss: Math.exp(5 * lossOf(at)) }));
    expect(flat(warped.gradients)).toEqual(flat(plain.gradients));
    const level = await sampled(evolutionStrategies({ population: 8 }), 4, async () => ({ loss: 7 }));
    expect(flat(level.gradients)).toEqual([0, 0, 0, 0, 0]);
  });

  it('goes in groups where there are many elements, and both element types keep theirs', { timeout: 30_000 }, () => {
    const many = { wide: f64(Array.from({ length: 1200 }, () => 1)), narrow: asarray(new Float32Array(2 ** 17)) };
    const of = (at: Params) => tensors(spsa({ samples: 8 }), 2, { name: 'squares', init: () => many, loss: ({ wide }) => sum(square(wide)) }, at).gradients;
    const [grouped, whole] = [of(many), of({ wide: many.wide })];
    expect(grouped.narrow).toMatchObject({ dtype: 'float32', shape: [2 ** 17] });
    // Of a square SPSA gives Δ 2θ·Δ; the same keys give the same directions, in groups or not.
    flat({ wide: grouped.wide }).forEach((g, i) => expect(g).toBeCloseTo(flat(whole)[i], 6));
  });

  it.each([
    [() => spsa({ samples: 0 }), /'samples'/],
    [() => spsa({ perturbation: 0 }), /'perturbation'/],
    [() => spsa({ sample: 1 } as never), /Did you mean 'samples'/],
    [() => evolutionStrategies({ population: 3 }), /'population'.*even/],
    [() => evolutionStrategies({ sigma: -1 }), /'sigma'/],
    [() => evolutionStrategies({ shaping: 'ranks' as never }), /'shaping'/],
  ])('refuses unusable options: %s', (act, message) => {
    expect(act).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) as string }));
  });
});
