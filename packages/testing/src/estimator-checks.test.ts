import type { Evaluation, GradientEstimator, Metrics, Params, SampledEstimator, TensorParams, TracedEstimator } from '@gradus/core';
import { normalizeLoss } from '@gradus/core';
import { cast, multiply, NDArray, valueAndGrad, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { estimatorChecks } from './index.js';
import { failures, findsFailure } from '../test/failures.js';

const map = (params: TensorParams, fn: (tensor: Tensor) => Tensor): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(params).map(([name, tensor]) => [name, fn(tensor)]));

const byLoss = (): TracedEstimator => ({
  kind: 'traced',
  name: 'by-loss',
  needs: 'loss',
  estimate(model, params, batch, context) {
    const fn = (p: TensorParams): readonly [Tensor, Metrics] => {
      const { loss, metrics = {} } = normalizeLoss(model.loss!(p, batch, context));
      return [loss, metrics];
    };
    const [[loss, metrics], gradients] = valueAndGrad(fn)(params);
    return { gradients, loss, metrics };
  },
});

const byRule = (): TracedEstimator => ({
  kind: 'traced',
  name: 'by-rule',
  needs: 'pseudoGradients',
  estimate(model, params, batch, context) {
    const { gradients, loss = null, metrics = {} } = model.pseudoGradients!(params, batch, context);
    return { gradients, loss, metrics };
  },
});

type Evaluate = Parameters<SampledEstimator['estimate']>[0];

async function differences(evaluate: Evaluate, params: Params, epsilon: number): Promise<{ gradients: Record<string, NDArray>; evaluation: Evaluation }> {
  const gradients: Record<string, NDArray> = {};
  for (const [name, array] of Object.entries(params)) {
    const result = array.data.slice() as Float64Array;
    for (let i = 0; i < result.length; i++) {
      const at = async (delta: number): Promise<number> => {
        const data = array.data.slice() as Float64Array;
        data[i] += delta;
        return (await evaluate({ ...params, [name]: new NDArray(array.dtype, array.shape, data) })).loss;
      };
      result[i] = ((await at(epsilon)) - (await at(-epsilon))) / (2 * epsilon);
    }
    gradients[name] = new NDArray(array.dtype, array.shape, result);
  }
  return { gradients, evaluation: await evaluate(params) };
}

const bySampling = (): SampledEstimator => ({
  kind: 'sampled',
  name: 'by-sampling',
  hyperparameters: { epsilon: 1e-4 },
  estimate: (evaluate, params, { hyperparameters }) => differences(evaluate, params, hyperparameters.epsilon),
});

describe('good estimators pass', () => {
  for (const make of [byLoss, byRule, bySampling]) for (const { name, run } of estimatorChecks(make)) it(`${make().name}: ${name}`, run);

  it('a noisy one passes with many draws and not with one', async () => {
    // The gradient plus noise of its own size, seeded by the key.
    const noisy = (): SampledEstimator => ({
      ...bySampling(),
      async estimate(evaluate, params, { key, hyperparameters }) {
        const { gradients, evaluation } = await differences(evaluate, params, hyperparameters.epsilon);
        const sign = Number(key.data[1]) % 2 === 0 ? 1 : -1;
        return { gradients: map(gradients, (g) => multiply(g, 1 + sign)) as Params, evaluation };
      },
    });
    const agrees = (draws: number): Promise<string[]> => failures(estimatorChecks(noisy, { draws, tolerance: 1e-6 }));
    expect(await agrees(2)).toEqual([]);
    expect(await agrees(1)).toEqual([expect.stringMatching(/^agrees with a known gradient: .* off by 1 of its size/)]);
  });
});

describe('broken estimators are caught', () => {
  const traced = (change: (good: TracedEstimator) => Partial<TracedEstimator>, base = byLoss) => (): GradientEstimator => ({ ...base(), ...change(base()) });
  const sampled = (change: (good: SampledEstimator) => Partial<SampledEstimator>) => (): GradientEstimator => ({ ...bySampling(), ...change(bySampling()) });
  let calls = 0;
  const cases: [string, () => GradientEstimator, RegExp][] = [
    ['no name', traced(() => ({ name: '' })), /needs a name/],
    ['an unknown kind', traced(() => ({ kind: 'exact' as never })), /is exact\. Expected 'traced' or 'sampled'/],
    ['an unknown need', traced(() => ({ needs: 'gradient' as never })), /needs 'gradient'/],
    ['a hyperparameter that is not finite', sampled(() => ({ hyperparameters: { epsilon: NaN } })), /'epsilon' of 'by-sampling' is NaN/],
    ['twice the gradient', traced(({ estimate }) => ({ estimate: (...args) => { const e = estimate(...args); return { ...e, gradients: map(e.gradients, (g) => multiply(g, 2)) }; } })), /off by 1 of its size, expected at most 0\.000001/],
    ['a coarse difference', sampled(({ estimate }) => ({ estimate: async (e, p, c) => { const r = await estimate(e, p, c); return { ...r, gradients: map(r.gradients, (g) => multiply(g, 1 + 1e-5)) as Params }; } })), /^agrees with a known gradient/],
    ['gradients left out', traced(({ estimate }) => ({ estimate: (...args) => { const { gradients: { s: _, ...gradients }, ...rest } = estimate(...args); return { ...rest, gradients }; } })), /names of gradients and parameters differ/],
    ['float64 throughout', sampled(({ estimate }) => ({ estimate: async (...args) => { const r = await estimate(...args); return { ...r, gradients: map(r.gradients, (g) => cast(g, 'float64')) as Params }; } })), /'a' of float32 parameters: received float64/],
    ['its own random numbers', sampled(({ estimate }) => ({ estimate: async (...args) => { const r = await estimate(...args); return { ...r, gradients: map(r.gradients, (g) => multiply(g, 1 + 1e-9 * calls++)) as Params }; } })), /^the same key gives the same bits twice/],
    ['moves the parameters in place', sampled(() => ({ estimate: async (evaluate, params, context) => { params.s.data[0] = Number(params.s.data[0]) + 1e-9; return bySampling().estimate(evaluate, params, context); } })), /A parameter was changed at 's'/],
    ['one array for all questions', sampled(() => ({ async estimate(evaluate, params, context) { const data = params.s.data.slice() as Float64Array; const own = { ...params, s: new NDArray(params.s.dtype, [], data) }; const asked = evaluate(own); data[0] += 1; await asked; return bySampling().estimate(evaluate, params, context); } })), /A parameter under evaluation was changed at 's'/],
    ['questions about one parameter only', sampled(() => ({ async estimate(evaluate, params, context) { await evaluate({ ...params, extra: params.s }); return bySampling().estimate(evaluate, params, context); } })), /evaluates with other parameter names/],
    ['no evaluation', sampled(({ estimate }) => ({ estimate: async (...args) => ({ gradients: (await estimate(...args)).gradients }) as never })), /gives no evaluation/],
    ['a loss that is NaN', sampled(({ estimate }) => ({ estimate: async (...args) => ({ ...(await estimate(...args)), evaluation: { loss: NaN } }) })), /loss it reports is NaN/],
    ['no loss', traced(({ estimate }) => ({ estimate: (...args) => ({ ...estimate(...args), loss: null }) })), /loss it reports is null/],
    ['metrics dropped', traced(({ estimate }) => ({ estimate: (...args) => ({ ...estimate(...args), metrics: {} }) })), /metric 'size' of 0\.7 is reported as undefined/],
    ['another way than declared', traced(() => ({ needs: 'pseudoGradients' })), /uses the model's 'loss' although it declares to need 'pseudoGradients'/],
    ['nothing evaluated', sampled(() => ({ estimate: async (_e, params) => ({ gradients: params, evaluation: { loss: 1 } }) })), /never evaluates the loss/],
    ['the model told it is not training', traced(({ estimate }) => ({ estimate: (m, p, b, c) => estimate(m, p, b, { ...c, training: false }) }), byRule), /must be told key, training: true/],
    ['failures hidden', sampled(({ estimate }) => ({ estimate: (e, p, c) => estimate((asked) => e(asked).catch(() => ({ loss: 0 })), p, c) })), /hides that every evaluation failed/],
    ['failures replaced', sampled(({ estimate }) => ({ estimate: (...args) => estimate(...args).catch(() => { throw new Error('something'); }) })), /replaced by another: something/],
  ];

  it.each(cases)('%s', async (_name, make, message) => {
    expect(await findsFailure(estimatorChecks(make), message)).toBe(true);
  });
});
