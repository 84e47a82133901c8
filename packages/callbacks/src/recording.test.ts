import { playRun } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { memoryLogger, type MemoryRecord } from './index.js';

const logs = [{ loss: 2, val_loss: 3 }];
const run = async (options: Parameters<typeof memoryLogger>[0]): Promise<readonly MemoryRecord[]> => {
  const memory = memoryLogger(options);
  await playRun([memory, { name: 'model', onTrainBatchEnd: () => memory.onEvent?.('sampled', { temperature: 0.5 }) }], { logs });
  return memory.records;
};

describe('what is recorded', () => {
  it('by default everything but batch_begin, in order', async () => {
    const step = (batch: number): MemoryRecord[] => [
      { tag: 'batch_end', epoch: 0, batch, context: { loss: 2 } },
      { tag: 'sampled', temperature: 0.5 },
    ];
    expect(await run({})).toEqual([
      { tag: 'train_begin', model: 'fake', seed: 0, epochs: 1, stepsPerEpoch: 4 },
      { tag: 'epoch_begin', epoch: 0 },
      ...[0, 1, 2, 3].flatMap(step),
      { tag: 'test_begin', epoch: 0 },
      { tag: 'test_batch_begin', batch: 0 },
      { tag: 'test_batch_end', batch: 0, context: { loss: 3 } },
      { tag: 'test_end', epoch: 0, context: { loss: 3 } },
      { tag: 'epoch_end', epoch: 0, context: { loss: 2, val_loss: 3 } },
      { tag: 'train_end', reason: 'completed', context: { loss: 2, val_loss: 3 } },
    ]);
  });

  it('the chosen tags, of models too', async () => {
    const tags = (await run({ events: ['batch_begin', 'sampled'] })).map(({ tag }) => tag);
    expect(tags).toEqual(['batch_begin', 'sampled', 'batch_begin', 'sampled', 'batch_begin', 'sampled', 'batch_begin', 'sampled']);
  });

  it('other facts, or nothing, where `record` says so', async () => {
    const record = (tag: string, facts: Readonly<Record<string, unknown>>) => (tag === 'sampled' ? null : { n: facts.epoch });
    expect(await run({ events: ['sampled', 'epoch_end'], record })).toEqual([{ tag: 'epoch_end', n: 0 }]);
  });

  it('a tag that a payload carries gives way', () => {
    const memory = memoryLogger();
    memory.onEvent!('odd', { tag: 'epoch_end', ts: 3 });
    expect(memory.records).toEqual([{ tag: 'odd', ts: 3 }]);
    expect(Object.keys(memory.records[0])[0]).toBe('tag');
  });

  it('errors with type and message, whatever was thrown', () => {
    const memory = memoryLogger();
    void memory.onError!(new RangeError('too far'), null as never);
    void memory.onError!('text', null as never);
    expect(memory.records).toEqual([
      { tag: 'error', type: 'RangeError', message: 'too far' },
      { tag: 'error', type: 'string', message: 'text' },
    ]);
  });
});

describe('hooks are declared only where they are needed', () => {
  const hooks = (events?: string[]): string[] => Object.keys(memoryLogger({ events })).filter((key) => key.startsWith('on')).sort();

  it('no single steps unless batch_begin is kept', () => {
    expect(hooks()).not.toContain('onTrainBatchBegin');
    expect(hooks(['batch_begin'])).toEqual(['onTrainBatchBegin']);
  });

  it('no listening to models unless their events may be kept', () => {
    expect(hooks(['epoch_end', 'error'])).toEqual(['onEpochEnd', 'onError']);
    expect(hooks(['epoch_end', 'step_end'])).toEqual(['onEpochEnd', 'onEvent']);
    expect(hooks()).toContain('onEvent');
    expect(hooks([])).toEqual([]);
  });
});

it.each([[{ events: 'epoch_end' }, /'events'.*list of strings/], [{ record: 1 }, /'record'/], [{ path: 'x' }, /no option 'path'/]])(
  'memoryLogger refuses %j',
  (options, message) => expect(() => memoryLogger(options as never)).toThrow(message),
);
