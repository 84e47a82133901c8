import { NDArray } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { autodiff, blackLine, centralDifference, line, localLine, localRule, points, sgd } from '../../test/parts.js';
import { Trainer, type FitOptions, type GradientEstimator, type Model } from '../index.js';

const quiet = { run: false, handleSignals: false } as const;

/** Gradient descent with momentum on the line, written out in numbers. */
function byHand(epochs: number, batchSize: number, size = 10): { slope: number; intercept: number } {
  let [slope, intercept, v, w] = [0, 0, 0, 0];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = 0; i < size; i += batchSize) {
      const xs = Array.from({ length: Math.min(batchSize, size - i) }, (_, j) => (i + j) / 10);
      const errors = xs.map((x) => slope * x + intercept - (2 * x + 1));
      const gs = xs.reduce((t, x, j) => t + 2 * errors[j] * x, 0) / xs.length;
      const gi = errors.reduce((t, e) => t + 2 * e, 0) / xs.length;
      [v, w] = [gs + 0.5 * v, gi + 0.5 * w];
      [slope, intercept] = [slope - 0.1 * v, intercept - 0.1 * w];
    }
  }
  return { slope, intercept };
}

async function fitted(model: Model, gradient: GradientEstimator, batchSize: number, options: FitOptions = {}) {
  const trainer = new Trainer({ model, optimizer: sgd(), gradient });
  const result = await trainer.fit(points(10, batchSize), { epochs: 5, ...quiet, ...options });
  return { trainer, result };
}

describe('the three ways to train a model, through one loop', () => {
  for (const [name, model, gradient, tolerance] of [
    ['loss', line, autodiff, 1e-14],
    ['objective', blackLine, centralDifference, 1e-8],
    ['loss, as a black box', line, centralDifference, 1e-8],
    ['pseudoGradients', localLine, localRule, 1e-14],
  ] as const) {
    it(`${name}: reaches what the formulas give`, async () => {
      for (const batchSize of [10, 4]) {
        const { trainer } = await fitted(model, gradient, batchSize);
        const expected = byHand(5, batchSize);
        expect(Math.abs(trainer.params.slope.item() - expected.slope)).toBeLessThan(tolerance);
        expect(Math.abs(trainer.params.intercept.item() - expected.intercept)).toBeLessThan(tolerance);
      }
    });
  }

  it('takes an asynchronous objective', async () => {
    const slow: Model = { ...blackLine, objective: async (...args) => blackLine.objective!(...args) };
    const [a, b] = [await fitted(slow, centralDifference, 10), await fitted(blackLine, centralDifference, 10)];
    expect(a.trainer.params.slope.item()).toBe(b.trainer.params.slope.item());
  });
});

const bitsOf = (params: Readonly<Record<string, NDArray>>): string =>
  Object.values(params).map((p) => Buffer.from(p.data.buffer, p.data.byteOffset, p.data.byteLength).toString('hex')).join();

describe('executions of several steps', () => {
  it('never show in the results', async () => {
    const runs = [];
    for (const stepsPerExecution of [1, 2, 3, 7, 'auto'] as const) {
      const { trainer, result } = await fitted(line, autodiff, 1, { stepsPerExecution });
      runs.push({ bits: bitsOf(trainer.params), history: result.history.rows });
    }
    for (const run of runs.slice(1)) expect(run).toEqual(runs[0]);
  });

  it('a stop inside an execution leaves the state of that step', async () => {
    const stopAt = (batch: number) => ({ name: 'stop', onTrainBatchEnd: (b: number, _: unknown, c: { stop(m: string): void }) => void (b === batch && c.stop('enough')) });
    const [one, many] = [
      await fitted(line, autodiff, 1, { stepsPerExecution: 1, callbacks: [stopAt(3)] }),
      await fitted(line, autodiff, 1, { stepsPerExecution: 7, callbacks: [stopAt(3)] }),
    ];
    expect(one.trainer.state.step).toBe(4);
    expect(many.trainer.state.step).toBe(4);
    expect(bitsOf(many.trainer.params)).toBe(bitsOf(one.trainer.params));
    expect(many.result.stop).toEqual({ reason: 'requested', by: 'stop', message: 'enough' });
    expect(many.result.history.rows).toEqual(one.result.history.rows);
  });

  it('a rate or parameter changed at a step holds from the next step on', async () => {
    const change = {
      name: 'change',
      onTrainBatchEnd: (batch: number, _: unknown, context: { setHyperparameter(n: string, v: number): void; setParams(p: object): void }) => {
        if (batch === 2) context.setHyperparameter('learningRate', 0.01);
        if (batch === 4) context.setParams({ slope: new NDArray('float64', [], Float64Array.of(5)) });
      },
    };
    const runs = [];
    for (const stepsPerExecution of [1, 3, 10]) runs.push(bitsOf((await fitted(line, autodiff, 1, { epochs: 1, stepsPerExecution, callbacks: [change] })).trainer.params));
    expect(runs[1]).toBe(runs[0]);
    expect(runs[2]).toBe(runs[0]);
  });

  it('an exception in a hook inside an execution leaves the state of that step', async () => {
    const states = [];
    for (const stepsPerExecution of [1, 3, 7]) {
      const trainer = new Trainer({ model: line, optimizer: sgd(), gradient: autodiff });
      const breaks = { name: 'breaks', onTrainBatchEnd: (batch: number) => (batch === 3 ? Promise.reject(new Error('boom')) : undefined) };
      await expect(trainer.fit(points(10, 1), { ...quiet, stepsPerExecution, callbacks: [breaks] })).rejects.toMatchObject({ code: 'CALLBACK_FAILED' });
      states.push({ step: trainer.state.step, bits: bitsOf(trainer.params) });
    }
    expect(states[0].step).toBe(4);
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).toEqual(states[0]);
  });

  it('a source that fails leaves the state of the batches it gave', async () => {
    const states = [];
    for (const stepsPerExecution of [1, 3, 7]) {
      const trainer = new Trainer({ model: line, optimizer: sgd(), gradient: autodiff });
      const source = points(10, 1);
      const broken: typeof source = {
        ...source,
        *batches(epoch) {
          let given = 0;
          for (const batch of source.batches(epoch) as Iterable<Record<string, NDArray>>) {
            if (given++ === 5) throw new Error('disk gone');
            yield batch;
          }
        },
      };
      await expect(trainer.fit(broken, { ...quiet, stepsPerExecution })).rejects.toThrow('disk gone');
      states.push({ step: trainer.state.step, bits: bitsOf(trainer.params) });
    }
    expect(states[0].step).toBe(5);
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).toEqual(states[0]);
  });

  it('refuses to evaluate inside an execution, and obeys everyStep', async () => {
    const evaluate = (everyStep: boolean, seen: number[]) => ({
      name: 'evaluate',
      everyStep,
      onTrainBatchEnd: async (_b: number, _l: unknown, c: { evaluate(): Promise<Record<string, number>> }) => void seen.push((await c.evaluate()).loss),
    });
    const refused = fitted(line, autodiff, 1, { stepsPerExecution: 4, callbacks: [evaluate(false, [])] });
    await expect(refused).rejects.toMatchObject({ code: 'CALLBACK_FAILED', cause: { code: 'STATE_NOT_AVAILABLE' } });
    const seen: number[] = [];
    const { result } = await fitted(line, autodiff, 10, { stepsPerExecution: 4, callbacks: [evaluate(true, seen)] });
    // With one batch per epoch, the loss after a step is what the next epoch reports before its own.
    expect(seen.slice(0, 4)).toEqual(result.history.series('loss').slice(1).map((v) => expect.closeTo(v!, 14)));
  });

  it('refuses to show parameters that are not those of the step, and obeys everyStep', async () => {
    const peek = (everyStep: boolean, seen: number[]) => ({ name: 'peek', everyStep, onTrainBatchEnd: (_b: number, _l: unknown, c: { params: Record<string, NDArray> }) => void seen.push(c.params.slope.item()) });
    await expect(fitted(line, autodiff, 1, { stepsPerExecution: 4, callbacks: [peek(false, [])] })).rejects.toMatchObject({ code: 'CALLBACK_FAILED', cause: { code: 'STATE_NOT_AVAILABLE' } });
    const seen: number[] = [];
    await fitted(line, autodiff, 10, { stepsPerExecution: 4, callbacks: [peek(true, seen)] });
    expect(seen).toHaveLength(5);
    expect(seen[4]).toBeCloseTo(byHand(5, 10).slope, 12);
  });
});

describe('fit, evaluate, predict', () => {
  it('goes on where the last fit ended', async () => {
    const { trainer } = await fitted(line, autodiff, 4);
    const again = new Trainer({ model: line, optimizer: sgd(), gradient: autodiff });
    await again.fit(points(10, 4), { epochs: 2, ...quiet });
    await again.fit(points(10, 4), { epochs: 3, ...quiet });
    expect(bitsOf(again.params)).toBe(bitsOf(trainer.params));
    expect(again.history.rows).toEqual(trainer.history.rows);
    expect(again.history.rows.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4]);
  });

  it('weighs metrics by samples', async () => {
    const trainer = new Trainer({ model: line, optimizer: sgd(), gradient: autodiff });
    // At zero parameters the loss of a point is y squared; the last batch has 2 of 10 samples.
    const mean = Array.from({ length: 10 }, (_, i) => (2 * (i / 10) + 1) ** 2).reduce((a, b) => a + b) / 10;
    expect((await trainer.evaluate(points(10, 4))).loss).toBeCloseTo(mean, 14);
  });

  it('predicts rows in order, in parts or at once', async () => {
    const { trainer } = await fitted(line, autodiff, 10);
    const x = new NDArray('float64', [5], Float64Array.of(1, 2, 3, 4, 5));
    const whole = (await trainer.predict({ x })) as NDArray;
    const parts = (await trainer.predict({ x }, { batchSize: 2 })) as NDArray;
    const { slope, intercept } = byHand(5, 10);
    expect([...(whole.data as Float64Array)]).toEqual([1, 2, 3, 4, 5].map((v) => expect.closeTo(slope * v + intercept, 12)));
    expect(parts).toEqual(whole);
  });

  it('validates when due and never feeds it into training', async () => {
    const { result, trainer } = await fitted(line, autodiff, 4, { validationData: points(3), validationFrequency: 2 });
    expect(result.history.series('val_loss').map((v) => v === null)).toEqual([true, false, true, false, true]);
    expect(bitsOf(trainer.params)).toBe(bitsOf((await fitted(line, autodiff, 4)).trainer.params));
  });

  it('follows a schedule as an input of the step', async () => {
    const trainer = new Trainer({ model: line, optimizer: sgd((step) => 0.1 / (step + 1), 0), gradient: autodiff });
    await trainer.fit(points(1, 1), { epochs: 2, ...quiet });
    // x = 0, y = 1: the gradient of the intercept is 2 (b - 1); b: 0 -> 0.2 -> 0.2 + 0.05 * 1.6.
    expect(trainer.params.intercept.item()).toBeCloseTo(0.28, 14);
  });
});
