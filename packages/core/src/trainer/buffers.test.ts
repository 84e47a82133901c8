/** What a model changes without gradients, what it reports beyond means, and what an optimizer is told of a step. */
import { add, asarray, cast, divide, greater, mean, multiply, NDArray, reshape, scalar, slice, sum, where, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { autodiff, centralDifference, line, localRule, points, sgd } from '../../test/parts.js';
import { Trainer, type Callback, type DataSource, type FitOptions, type GradientTransform, type Model } from '../index.js';

const quiet = { run: false, handleSignals: false } as const;
const zero = scalar(0, 'float64');

/** The line, which counts its steps and the mean of x over them, and predicts that mean. */
const counting: Model = {
  ...line,
  name: 'counting',
  buffers: () => ({ steps: scalar(0, 'int32'), total: zero }),
  loss(params, batch, context) {
    const { steps, total } = context.buffers;
    return {
      loss: line.loss!(params, batch, context) as Tensor,
      metrics: { seen: cast(steps, 'float64') },
      buffers: { steps: add(steps, 1), total: add(total, mean(batch.x)) },
    };
  },
  predict: (_params, { x }, { buffers }) => add(multiply(x, 0), divide(buffers.total, cast(buffers.steps, 'float64'))),
  metrics: { seen: 'max' },
};

describe('buffers', () => {
  const fit = async (options: FitOptions, gradient = autodiff): Promise<Trainer> => {
    const trainer = new Trainer({ model: counting, optimizer: sgd(), gradient });
    await trainer.fit(points(10, 4), { epochs: 2, ...quiet, ...options });
    return trainer;
  };

  it('go from step to step, whatever shares an execution', async () => {
    const [single, many] = [await fit({ stepsPerExecution: 1 }), await fit({ stepsPerExecution: 5 })];
    expect(single.state.buffers.steps.item()).toBe(6);
    // x is 0, 0.1 … 0.9; batches of 4, 4 and 2 have the means 0.15, 0.55 and 0.85.
    expect(single.state.buffers.total.item()).toBeCloseTo(2 * (0.15 + 0.55 + 0.85), 12);
    expect(many.state).toEqual(single.state);
  });

  it('are read by evaluate and predict, which change nothing', async () => {
    const trainer = await fit({});
    const before = trainer.state;
    expect((await trainer.evaluate(points(10, 4))).seen).toBe(6);
    const outputs = (await trainer.predict({ x: asarray([1, 2], { dtype: 'float64' }) })) as NDArray;
    expect(outputs.data[0]).toBeCloseTo((0.15 + 0.55 + 0.85) / 3, 12);
    expect(trainer.state).toEqual(before);
  });

  it('change once per step under an estimator that samples the loss', async () => {
    const trainer = new Trainer({ model: counting, optimizer: sgd(), gradient: centralDifference });
    await trainer.fit(points(10, 4), { epochs: 2, ...quiet });
    expect(trainer.state.buffers).toEqual((await fit({})).state.buffers);
  });

  it.each([1, 6])('are set by callbacks at a step, with %d steps in an execution', async (stepsPerExecution) => {
    const seen: number[] = [];
    const callback: Callback = {
      name: 'sets',
      onTrainBatchEnd: (batch, { seen: steps }, context) => {
        seen.push(steps);
        if (batch === 1) context.setBuffers({ steps: scalar(10, 'int32') });
      },
      onEpochEnd: (_epoch, _logs, { buffers }) => void seen.push(buffers.steps.item()),
    };
    const trainer = await fit({ stepsPerExecution, epochs: 1, callbacks: [callback] });
    expect(seen).toEqual([0, 1, 10, 11]);
    expect(trainer.state.buffers.total.item()).toBeCloseTo(0.15 + 0.55 + 0.85, 12);
    const wrong = (name: string, value: NDArray) => fit({ callbacks: [{ name: 'x', onEpochBegin: (_, c) => c.setBuffers({ [name]: value }) }] });
    await expect(wrong('step', zero)).rejects.toThrow(/no buffer 'step'.*steps, total.*Did you mean 'steps'/);
    await expect(wrong('steps', zero)).rejects.toThrow(/buffer 'steps' cannot be replaced.*float64\[\].*int32\[\]/);
  });

  it('and parameters set when a test begins are those that are evaluated', async () => {
    const validationData = points(4);
    const exact: Callback = { name: 'exact', onTestBegin: (context) => context.setParams({ slope: scalar(2, 'float64'), intercept: scalar(1, 'float64') }) };
    const trainer = new Trainer({ model: line, optimizer: sgd(), gradient: autodiff });
    expect((await trainer.fit(points(4), { ...quiet, validationData, callbacks: [exact] })).history.last.val_loss).toBe(0);
  });

  it('change under a local rule', async () => {
    const model: Model = {
      ...counting,
      loss: undefined,
      pseudoGradients: (params, _batch, context) => ({ gradients: params, buffers: { steps: add(context.buffers.steps, 2) } }),
    };
    const trainer = new Trainer({ model, optimizer: sgd(), gradient: localRule });
    await trainer.fit(points(10, 5), { ...quiet });
    expect(trainer.state.buffers.steps.item()).toBe(4);
  });

  it.each([
    [{ step: zero }, /'step' that does not fit.*float64\[\].*one of steps, total.*BUFFER_MISMATCH/],
    [{ steps: zero }, /'steps' that does not fit.*float64\[\].*Expected: int32\[\].*BUFFER_MISMATCH/],
  ])('that do not fit are named', async (buffers, message) => {
    const model: Model = { ...counting, loss: () => ({ loss: zero, buffers: buffers as never }) };
    const trainer = new Trainer({ model, optimizer: sgd(), gradient: autodiff });
    await expect(trainer.fit(points(4), quiet)).rejects.toThrow(message);
  });

  it('must be arrays', () => {
    const model: Model = { ...counting, buffers: () => ({ steps: 0 }) as never };
    expect(() => new Trainer({ model, optimizer: sgd(), gradient: autodiff }).params).toThrow(/'steps' that is no array.*INVALID_MODEL/);
  });
});

describe('a metric of statistics', () => {
  /** The share of hits among x above 0.35: of no use as a mean of batches, since these have different numbers of them. */
  const share: Model = {
    ...line,
    loss(params, batch, context) {
      const high = greater(batch.x, 0.35);
      const hits = where(greater(batch.x, 0.75), 1, zero);
      return {
        loss: line.loss!(params, batch, context) as Tensor,
        metrics: { share: { hits: sum(where(high, hits, 0)), high: sum(cast(high, 'float64')) } },
      };
    },
    metrics: { share: { direction: 'max', result: ({ hits, high }) => divide(hits, high) } },
  };

  it('is worked out from sums over all batches, and per batch in their logs', async () => {
    const trainer = new Trainer({ model: share, optimizer: sgd(), gradient: autodiff });
    const seen: number[] = [];
    const log = { name: 'log', onTrainBatchEnd: (_: number, logs: Readonly<Record<string, number>>) => void seen.push(logs.share) };
    const { history } = await trainer.fit(points(10, 4), { ...quiet, callbacks: [log], validationData: points(10, 3) });
    // 0.4 … 0.9 are six, of which 0.8 and 0.9 are hits. The first batch, 0 … 0.3, has none: 0 / 0 there is not an error.
    expect(seen).toEqual([NaN, 0, 1]);
    expect(history.last).toMatchObject({ share: 2 / 6, val_share: 2 / 6 });
  });

  it('needs its result declared', async () => {
    const trainer = new Trainer({ model: { ...share, metrics: { share: 'max' } }, optimizer: sgd(), gradient: autodiff });
    await expect(trainer.fit(points(4), quiet)).rejects.toThrow(/statistics as 'share'.*hits, high.*result\(statistics\).*INVALID_REPORT/);
  });
});

describe('an optimizer', () => {
  const telling = (update: GradientTransform['update']): GradientTransform => ({
    name: 'telling',
    init: (params) => ({ told: { at: new NDArray('float64', [], Float64Array.of(0)), ends: scalar(0, 'int32'), word: scalar(0, 'uint32') }, first: params.slope }),
    update,
  });

  it('is told the loss and gradients at other parameters, the end of an epoch and a key of its own', async () => {
    const model: Model = { ...line, loss: (p, batch, context) => add(line.loss!(p, batch, context) as Tensor, 0) };
    const optimizer = telling((gradients, state, params, { evaluate, lastStepOfEpoch, key }) => {
      const elsewhere = evaluate!({ ...params, slope: add(params.slope, 1) });
      const told = state.told as Readonly<Record<string, Tensor>>;
      const ends = add(told.ends, cast(lastStepOfEpoch!, 'int32'));
      return [{ ...gradients, slope: elsewhere.gradients.slope }, { ...state, told: { at: elsewhere.loss!, ends, word: reshape(slice(key!, { stop: 1 }), []) } }];
    });
    const trainer = new Trainer({ model, optimizer, gradient: autodiff });
    await trainer.fit(points(2, 1), { epochs: 2, ...quiet, stepsPerExecution: 2 });
    const { told } = trainer.state.optimizer as { told: Record<string, NDArray> };
    expect(told.ends.item()).toBe(2);
    expect(told.word.item()).toBeGreaterThan(0);
    // Two epochs of x = 0 (y = 1), x = 0.1 (y = 1.2) with "updates" added: the numbers, by hand.
    let [slope, intercept, at] = [0, 0, 0];
    for (const x of [0, 0.1, 0, 0.1]) {
      const error = slope * x + intercept - (2 * x + 1);
      const other = error + x;
      at = other * other;
      [slope, intercept] = [slope + 2 * other * x, intercept + 2 * error];
    }
    expect(told.at.item()).toBeCloseTo(at, 12);
    expect(trainer.params.slope.item()).toBeCloseTo(slope, 12);
  });

  it('may evaluate with other parameters than it trains', async () => {
    const optimizer: GradientTransform = { ...sgd(), evaluationParams: (params) => ({ ...params, slope: scalar(2, 'float64'), intercept: scalar(1, 'float64') }) };
    const trainer = new Trainer({ model: line, optimizer, gradient: autodiff });
    const data: DataSource = points(4);
    const seen: number[][] = [];
    const look: Callback = { name: 'look', onTrainEnd: (_logs, { params, evaluationParams }) => void seen.push([params.slope.item(), evaluationParams.slope.item()]) };
    const { history } = await trainer.fit(data, { ...quiet, validationData: data, callbacks: [look] });
    expect(seen).toEqual([[trainer.params.slope.item(), 2]]);
    expect(history.last!.val_loss).toBe(0);
    expect(history.last!.loss).toBeGreaterThan(0);
    expect((await trainer.evaluate(data)).loss).toBe(0);
  });
});
