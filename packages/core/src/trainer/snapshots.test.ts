/** A run cut off at any moment and taken up from a snapshot ends with the bits of one that was never disturbed. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { NDArray} from '@gradus/graph';
import { add, bernoulli, cast, multiply, scalar, zeros, type Tensor } from '@gradus/graph';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { autodiff, blackLine, centralDifference, line, points, sgd } from '../../test/parts.js';
import { Trainer, type BackgroundWork, type Callback, type FitOptions, type Model, type TrainContext, type TrainState } from '../index.js';

const quiet = { run: false, handleSignals: false } as const;

/** The line with everything that a snapshot must hold: noise from the step's key, buffers, a metric of statistics. */
const noisy: Model = {
  ...line,
  name: 'noisy',
  buffers: () => ({ steps: scalar(0, 'int32') }),
  loss(params, batch, context) {
    const keep = cast(bernoulli(context.key, 0.8, batch.x.shape), 'float64');
    const loss = line.loss!(params, { ...batch, x: multiply(batch.x, keep) }, context) as Tensor;
    return { loss, metrics: { kept: { sum: multiply(loss, 3) } }, buffers: { steps: add(context.buffers.steps, 1) } };
  },
  metrics: { kept: { direction: null, result: ({ sum }) => sum } },
};

/** Counts in every hook, changes a rate, and keeps an array. */
function counter(): Callback & { counts: number[] } {
  let counts = [0, 0];
  let last = zeros([2]);
  return {
    name: 'counter',
    get counts() {
      return counts;
    },
    onTrainBatchEnd: (_batch, logs) => {
      counts[0] += logs.loss;
    },
    onEpochEnd(epoch, _logs, context) {
      counts = [counts[0], counts[1] + 1];
      last = add(last, 1) as NDArray;
      if (epoch === 1) context.setHyperparameter('learningRate', 0.05);
    },
    getState: () => ({ counts, last }),
    setState: (state) => void ({ counts, last } = state as { counts: number[]; last: NDArray }),
  };
}

const asks = (at: (context: TrainContext) => boolean, receive: (state: TrainState) => void, last = false): Callback => ({
  name: last ? 'asks last' : 'asks',
  onTrainBatchEnd: (_b, _l, context) => void (at(context) && context.snapshot(receive, { last })),
});
const gives = (state: TrainState): Callback => ({ name: 'gives', restore: () => state });

const make = (model: Model): Trainer =>
  new Trainer({ model, optimizer: sgd((step) => 0.1 / (1 + step)), gradient: model.objective === undefined ? autodiff : centralDifference, seed: 7 });
const data = points(10, 3);
const whole = async (model: Model, options: FitOptions = {}): Promise<[TrainState, unknown]> => {
  const trainer = make(model);
  const own = counter();
  await trainer.fit(data, { epochs: 4, validationData: points(6, 4), callbacks: [own], ...quiet, ...options });
  return [{ ...trainer.state, callbacks: {} }, own.counts];
};

describe('a snapshot', () => {
  it.each([['compiled', noisy], ['black box', blackLine]] as const)('of any step goes on to the same bits (%s)', async (_name, model) => {
    const expected = await whole(model);
    const options = { epochs: 4, validationData: points(6, 4), ...quiet } as const;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 16 }), fc.constantFrom(1, 3, 5, 'auto' as const), async (step, stepsPerExecution) => {
        let found: TrainState | undefined;
        const first = make(model);
        const dies = asks(({ step: now }) => now === step, (state) => {
          found = state;
          throw new Error('killed');
        });
        await expect(first.fit(data, { ...options, stepsPerExecution, callbacks: [counter(), dies] })).rejects.toMatchObject({ code: 'CALLBACK_FAILED' });
        expect(found).toMatchObject({ step, epochs: 4 });
        const [second, own] = [make(model), counter()];
        await second.fit(data, { ...options, stepsPerExecution, callbacks: [own, gives(found!)] });
        expect([{ ...second.state, callbacks: {} }, own.counts]).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('is of the moment when every callback has seen the step, those that come last at last', async () => {
    const seen: string[] = [];
    const own = counter();
    const receive = (name: string) => (state: TrainState) => void seen.push(`${name} ${(state.callbacks.counter as { counts: number[] }).counts[1]} ${state.epoch} ${state.batch}`);
    const ask: Callback = { name: 'at the end', onEpochEnd: (_e, _l, context) => context.snapshot(receive('epoch')) };
    const at = ({ step }: TrainContext): boolean => step === 5;
    await make(noisy).fit(data, { epochs: 2, ...quiet, callbacks: [asks(at, receive('last'), true), asks(at, receive('first')), ask, own] });
    // 4 batches an epoch: step 5 is the first of the second.
    expect(seen).toEqual(['epoch 1 1 0', 'first 1 1 1', 'last 1 1 1', 'epoch 2 2 0']);
  });

  it('holds what changes later as it was', async () => {
    let found: TrainState | undefined;
    const list: number[] = [];
    const mutable: Callback = { name: 'mutable', onTrainBatchEnd: (batch) => void list.push(batch), getState: () => ({ list }), setState: () => {} };
    await make(noisy).fit(data, { ...quiet, callbacks: [asks(({ step }) => step === 2, (state) => (found = state)), mutable] });
    expect(found!.callbacks.mutable).toEqual({ list: [0, 1] });
    expect(found!.meter.means.map(({ name, weight }) => [name, weight])).toEqual([['loss', 6], ['kept', 1]]);
  });

  it('of a run that was asked to stop inside an epoch ends it as that run did', async () => {
    const stop: Callback = { name: 'stop', onTrainBatchEnd: (_b, _l, context) => void (context.step === 6 && context.stop('enough')) };
    const order = (log: string[]): Callback => ({ name: 'order', onTestBegin: () => void log.push('test'), onEpochEnd: (e) => void log.push(`end ${e}`), onTrainEnd: () => void log.push('end') });
    let found: TrainState | undefined;
    const [first, second] = [make(noisy), make(noisy)];
    const options = { epochs: 4, validationData: points(6, 4), ...quiet } as const;
    const logs: [string[], string[]] = [[], []];
    await first.fit(data, { ...options, callbacks: [stop, asks(({ step }) => step === 6, (state) => (found = state)), order(logs[0])] });
    const { stop: reason } = await second.fit(data, { ...options, callbacks: [order(logs[1]), gives(found!)] });
    expect(reason).toEqual({ reason: 'requested', by: 'stop', message: 'enough' });
    expect(second.state).toEqual({ ...first.state });
    expect(logs).toEqual([['test', 'end 0', 'test', 'end 1', 'end'], ['test', 'end 1', 'end']]);
  });

  it('is taken on an interrupt before anything that is done again', async () => {
    for (const hook of ['onTrainBatchEnd', 'onTestBatchBegin', 'onEpochBegin', 'onEpochEnd'] as const) {
      const expected = await whole(noisy);
      let found: TrainState | undefined;
      let calls = 0;
      const ctrlC: Callback = { name: 'ctrl-c', [hook]: () => void (++calls === 2 && process.emit('SIGINT', 'SIGINT')) };
      const saves: Callback = { name: 'saves', onInterrupt: (context) => context.snapshot((state) => void (found = state)) };
      const [first, second, own] = [make(noisy), make(noisy), counter()];
      const options = { epochs: 4, validationData: points(6, 4), run: false } as const;
      const { stop } = await first.fit(data, { ...options, callbacks: [counter(), ctrlC, saves] });
      expect(stop.reason).toBe('interrupted');
      await second.fit(data, { ...options, callbacks: [own, gives(found!)] });
      expect([{ ...second.state, callbacks: {} }, own.counts]).toEqual(expected);
      // In the same process the next fit goes on too.
      await first.fit(data, { ...options, epochs: 4 - first.state.epoch, callbacks: [] });
      expect(first.state.step).toBe(16);
    }
  });
});

describe('restore', () => {
  it('takes a state between two fits, with what callbacks keep', async () => {
    const [first, second] = [make(noisy), make(noisy)];
    const [a, b] = [counter(), counter()];
    await first.fit(data, { epochs: 2, ...quiet, callbacks: [a] });
    second.restore(first.state);
    expect(second.history.rows).toEqual(first.history.rows);
    await second.fit(data, { epochs: 1, ...quiet, callbacks: [b] });
    await first.fit(data, { epochs: 1, ...quiet, callbacks: [a] });
    expect(second.state).toEqual(first.state);
    expect(second.state.hyperparameters).toEqual({ learningRate: 0.05 });
  });

  it('refuses the state of another model or seed, with every difference', async () => {
    const { state } = make(noisy);
    const other = new Trainer({ model: { ...line, init: () => ({ slope: zeros([2], 'float64') }) }, optimizer: sgd(), gradient: autodiff });
    expect(() => other.restore(state)).toThrow(expect.objectContaining({ code: 'STATE_MISMATCH', message: expect.stringMatching(/seed: 7, here 0; params\.slope: float64\[\], here float64\[2\]; params\.intercept: float64\[\], here nothing.*buffers\.steps/) }));
  });

  it('says whose setState failed', async () => {
    const trainer = make(noisy);
    const broken: Callback = { name: 'broken', getState: () => 1, setState: () => { throw new Error('no'); } };
    const state = { ...trainer.state, callbacks: { broken: 1 } };
    await expect(trainer.fit(data, { ...quiet, callbacks: [broken, gives(state)] })).rejects.toMatchObject({ code: 'CALLBACK_FAILED', message: expect.stringContaining("'broken' threw in setState") });
  });
});

describe('background work', () => {
  it('is done in order before the run ends, and its failure is the run’s', async () => {
    const done: string[] = [];
    const later = (name: string) => async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, name === 'a' ? 20 : 0));
      done.push(name);
    };
    const works: Callback = { name: 'works', onTrainBegin: (context) => { void context.background(later('a')); void context.background(later('b')); } };
    await make(noisy).fit(data, { ...quiet, callbacks: [works] });
    expect(done).toEqual(['a', 'b']);
    const fails: Callback = { name: 'fails', onTrainBegin: (context) => void context.background(() => Promise.reject(new Error('disk'))) };
    await expect(make(noisy).fit(data, { epochs: 50, ...quiet, callbacks: [fails] })).rejects.toThrow('disk');
  });

  it('that has a name is told to all callbacks when it ends, well or not', async () => {
    const told: BackgroundWork[] = [];
    const before = performance.timeOrigin + performance.now();
    const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15));
    const works: Callback = {
      name: 'works',
      onTrainBegin(context) {
        void context.background(wait);
        void context.background(wait, 'checkpoint');
        void context.background(async () => new Error('full'), 'log');
        void context.background(() => Promise.reject(new Error('disk')), 'backup');
      },
    };
    const listens: Callback = { name: 'listens', onBackgroundEnd: (work) => void told.push(work) };
    await expect(make(noisy).fit(data, { epochs: 50, ...quiet, callbacks: [works, listens] })).rejects.toThrow('disk');
    expect(told).toMatchObject([{ name: 'checkpoint' }, { name: 'log', error: new Error('full') }, { name: 'backup', error: new Error('disk') }]);
    expect(told[0]).not.toHaveProperty('error');
    expect(told[0].startTime).toBeGreaterThan(before + 10);
    expect(told[0].endTime - told[0].startTime).toBeGreaterThan(10);
    expect(told[1].startTime).toBeGreaterThanOrEqual(told[0].endTime);
    const fails: Callback = { name: 'fails', onBackgroundEnd: () => { throw new Error('no'); } };
    const end: Callback = { name: 'end', onTrainEnd: (_logs, context) => void context.background(wait, 'last') };
    await expect(make(noisy).fit(data, { epochs: 1, ...quiet, callbacks: [end, fails] })).rejects.toThrow(/'fails' threw in onBackgroundEnd.*no/s);
  });
});

describe('the run folder', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'gradus-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const lines = (path: string, file: string): unknown[] => readFileSync(join(path, file), 'utf8').trimEnd().split('\n').map((text) => (file.endsWith('csv') ? text : { ...JSON.parse(text), ts: 0, seconds: 0 }));
  const cut = async (at: number): Promise<TrainState> => {
    let found: TrainState | undefined;
    const dies = asks(({ step }) => step === at, (state) => {
      found = state;
      throw new Error('killed');
    });
    await make(noisy).fit(data, { epochs: 3, run: { directory, id: 'a' }, handleSignals: false, callbacks: [dies] }).catch(() => {});
    return found!;
  };

  it('of the cut run goes on without a missing or a double line', async () => {
    const straight = await make(noisy).fit(data, { epochs: 3, run: { directory, id: 'whole' }, handleSignals: false });
    for (const at of [3, 4, 9]) {
      const state = await cut(at);
      const { folder } = await make(noisy).fit(data, { epochs: 3, run: { directory, id: 'another' }, handleSignals: false, callbacks: [gives(state)] });
      expect(folder).toBe(state.folder!.path);
      for (const file of ['telemetry.jsonl', 'history.csv']) expect(lines(folder!, file)).toEqual(lines(straight.folder!, file));
      expect(JSON.parse(readFileSync(join(folder!, 'manifest.json'), 'utf8'))).toMatchObject({ status: 'completed', resumes: 1, id: 'a' });
      rmSync(folder!, { recursive: true });
    }
    expect(readdirSync(join(directory, 'noisy'))).toEqual(['whole']);
  });

  it('that is gone is said, and a new one takes what follows', async () => {
    const state = await cut(9);
    rmSync(join(directory, 'noisy'), { recursive: true });
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { folder } = await make(noisy).fit(data, { epochs: 3, run: { directory, id: 'b' }, handleSignals: false, callbacks: [gives(state)] });
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/cannot be written.*A new folder is made/), { code: 'RUN_FOLDER_UNWRITABLE' });
    expect(existsSync(join(folder!, 'manifest.json'))).toBe(true);
    expect(lines(folder!, 'history.csv')).toHaveLength(4);
    warn.mockRestore();
  });
});

describe('the fingerprint', () => {
  const of = async (model: Model, options: FitOptions & { optimizer?: ReturnType<typeof sgd>; data?: typeof data } = {}): Promise<Record<string, unknown>> => {
    let found = {};
    const trainer = new Trainer({ model, optimizer: options.optimizer ?? sgd(), gradient: autodiff });
    const { optimizer: _, data: own = data, ...rest } = options;
    await trainer.fit(own, { ...quiet, ...rest, callbacks: [{ name: 'asks', onTrainBegin: async (context) => void (found = await context.fingerprint()) }, ...(rest.callbacks ?? [])] });
    return JSON.parse(JSON.stringify(found)) as Record<string, unknown>;
  };
  const different = async (a: Record<string, unknown>, b: Promise<Record<string, unknown>>): Promise<string[]> => {
    const other = await b;
    return Object.keys(a).filter((field) => JSON.stringify(a[field]) !== JSON.stringify(other[field]));
  };

  it('is the same for the same run, and names what differs', async () => {
    const base = await of(line);
    expect(await different(base, of(line))).toEqual([]);
    expect(await different(base, of({ ...line, loss: (p, b, c) => multiply(line.loss!(p, b, c) as Tensor, 2) }))).toEqual(['step']);
    expect(await different(base, of(line, { optimizer: sgd(0.2) }))).toEqual(['hyperparameters']);
    expect(await different(base, of(line, { optimizer: sgd(0.1, 0.9) }))).toEqual(['step']);
    expect(await different(base, of(line, { epochs: 2 }))).toEqual(['epochs']);
    expect(await different(base, of(line, { data: points(12, 3) }))).toEqual(['data']);
    expect(await different(base, of(line, { validationData: data }))).toEqual(['validation']);
    expect(await different(base, of(line, { callbacks: [counter()] }))).toEqual(['callbacks']);
    expect(await different(base, of({ ...noisy, name: 'line' }))).toEqual(['buffers', 'step']);
  });
});
