/** The exact order of all hooks, as golden lists: for a normal end, an early stop, an exception in a hook, and an interrupt. */
import { full } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { autodiff, line, points, recorder, sgd } from '../../test/parts.js';
import { Trainer, type Callback, type DataSource } from '../index.js';

const epoch = (e: number): string[] => [
  `epochBegin ${e}`,
  'batchBegin 0',
  'batchEnd 0',
  'batchBegin 1',
  'batchEnd 1',
  'testBegin',
  'testBatchBegin 0',
  'testBatchEnd 0',
  'testEnd',
  `epochEnd ${e}`,
];

async function orderOf(callbacks: (log: string[]) => Callback[]): Promise<string[]> {
  const log: string[] = [];
  const trainer = new Trainer({ model: line, optimizer: sgd(), gradient: autodiff });
  const options = { epochs: 3, validationData: points(3), callbacks: callbacks(log), run: false } as const;
  await trainer.fit(points(4, 2), options).catch((error: { code: string }) => log.push(`rejected ${error.code}`));
  return log;
}

describe('the order of all hooks', () => {
  it('normal end', async () => {
    const log = await orderOf((log) => [recorder(log)]);
    expect(log).toEqual(['trainBegin', ...epoch(0), ...epoch(1), ...epoch(2), 'trainEnd']);
  });

  it('callbacks run in the order of the list, hook by hook', async () => {
    const log = await orderOf((log) => [
      { name: 'a', onEpochEnd: async () => void (await Promise.resolve(), log.push('a')) },
      { name: 'b', onEpochEnd: () => void log.push('b') },
    ]);
    expect(log).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });

  it('early stop at an epoch end: that epoch is the last', async () => {
    const log = await orderOf((log) => [recorder(log), { name: 'stop', onEpochEnd: (e, _, context) => void (e === 1 && context.stop('enough')) }]);
    expect(log).toEqual(['trainBegin', ...epoch(0), ...epoch(1), 'trainEnd']);
  });

  it('stop at a batch end: the epoch closes with validation', async () => {
    const log = await orderOf((log) => [recorder(log), { name: 'stop', onTrainBatchEnd: (_b, _l, context) => context.stop('enough') }]);
    expect(log).toEqual(['trainBegin', ...epoch(0).filter((line) => !/^batch.* 1$/.test(line)), 'trainEnd']);
  });

  it('exception in a hook: every callback hears of it, end hooks do not run', async () => {
    const log = await orderOf((log) => [
      recorder(log),
      {
        name: 'breaks',
        onEpochEnd: () => {
          throw new Error('boom');
        },
      },
      recorder(log, 'after', { onEpochEnd: () => void log.push('never') }),
    ]);
    const twice = (lines: string[]): string[] => lines.flatMap((line) => [line, line]);
    expect(log).toEqual([
      ...twice(['trainBegin', ...epoch(0).slice(0, -1)]),
      'epochEnd 0',
      ...twice(['error CALLBACK_FAILED']),
      'rejected CALLBACK_FAILED',
    ]);
  });

  it('a loss that is not finite: told first, and a failure unless a hook asks to stop', async () => {
    const broken: DataSource = { ...points(4, 2), *batches() { for (const value of [1, NaN]) yield { x: full([2], 0, 'float64'), y: full([2], value, 'float64') }; } };
    const run = async (hooks: Partial<Callback>): Promise<string[]> => {
      const log: string[] = [];
      const trainer = new Trainer({ model: line, optimizer: sgd(), gradient: autodiff });
      const options = { validationData: points(3), callbacks: [recorder(log), { name: 'hears', ...hooks }], run: false } as const;
      await trainer.fit(broken, options).catch((error: { code: string }) => log.push(`rejected ${error.code}`));
      return [...log, `step ${trainer.state.step}`];
    };
    const before = ['trainBegin', 'epochBegin 0', 'batchBegin 0', 'batchEnd 0', 'batchBegin 1', 'nonFinite NON_FINITE_LOSS'];
    expect(await run({})).toEqual([...before, 'error NON_FINITE_LOSS', 'rejected NON_FINITE_LOSS', 'step 1']);
    const stopped = await run({ onNonFinite: ({ message }, context) => context.stop(message) });
    expect(stopped).toEqual([...before, ...epoch(0).slice(5), 'trainEnd', 'step 1']);
  });

  it('interrupt: the step ends, its epoch stays open, the run ends', async () => {
    const log = await orderOf((log) => [recorder(log), { name: 'ctrl-c', onTrainBatchEnd: () => void process.emit('SIGINT', 'SIGINT') }]);
    expect(log).toEqual(['trainBegin', 'epochBegin 0', 'batchBegin 0', 'batchEnd 0', 'interrupt', 'trainEnd']);
  });

  it('interrupt at the end of an epoch: that epoch is closed', async () => {
    const log = await orderOf((log) => [recorder(log), { name: 'ctrl-c', onEpochEnd: () => void process.emit('SIGINT', 'SIGINT') }]);
    expect(log).toEqual(['trainBegin', ...epoch(0), 'interrupt', 'trainEnd']);
  });

  it('interrupt when all epochs are done: the run is complete', async () => {
    const log = await orderOf((log) => [recorder(log), { name: 'ctrl-c', onEpochEnd: (e) => void (e === 2 && process.emit('SIGINT', 'SIGINT')) }]);
    expect(log).toEqual(['trainBegin', ...epoch(0), ...epoch(1), ...epoch(2), 'trainEnd']);
  });

  it('interrupt during validation: its hooks close, its numbers are dropped', async () => {
    const log = await orderOf((log) => [recorder(log), { name: 'ctrl-c', onTestBatchBegin: () => void process.emit('SIGINT', 'SIGINT') }]);
    expect(log).toEqual(['trainBegin', ...epoch(0).slice(0, -1), 'interrupt', 'trainEnd']);
  });

  it('evaluate and predict fire their own hooks', async () => {
    const log: string[] = [];
    const trainer = new Trainer({ model: line, optimizer: sgd(), gradient: autodiff });
    await trainer.evaluate(points(4, 2), { callbacks: [recorder(log)] });
    const { x } = [...(points(4).batches(0) as Iterable<{ x: never }>)][0];
    await trainer.predict({ x }, { batchSize: 3, callbacks: [recorder(log)] });
    expect(log).toEqual([
      ...['testBegin', 'testBatchBegin 0', 'testBatchEnd 0', 'testBatchBegin 1', 'testBatchEnd 1', 'testEnd'],
      ...['predictBegin', 'predictBatchBegin 0', 'predictBatchEnd 0', 'predictBatchBegin 1', 'predictBatchEnd 1', 'predictEnd'],
    ]);
  });

  it('listeners of events run after the callbacks until they are removed', async () => {
    const log: string[] = [];
    const trainer = new Trainer({ model: line, optimizer: sgd(), gradient: autodiff });
    const off = trainer.on('onEpochEnd', (e) => void log.push(`listener ${e}`));
    const options = { callbacks: [{ name: 'a', onEpochEnd: (e: number) => void log.push(`callback ${e}`) }], run: false } as const;
    await trainer.fit(points(2), options);
    off();
    await trainer.fit(points(2), options);
    expect(log).toEqual(['callback 0', 'listener 0', 'callback 1']);
  });
});
