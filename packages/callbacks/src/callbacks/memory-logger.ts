/** Keeps what happened in memory: telemetry for tests, notebooks and short runs. */
import { checkOptions, type Callback } from '@gradus/core';
import { RECORDING_RULES, recordingHooks, type MemoryRecord, type RecordingOptions } from '../recording.js';

export type MemoryLoggerOptions = RecordingOptions;

export interface MemoryLogger extends Callback {
  /** In order, over all runs that the callback was used in. */
  readonly records: readonly MemoryRecord[];
}

/**
 * Collects the records that `telemetryLogger` would write, without the time. Nothing is ever dropped: the memory used grows with
 * every step. After a restart it begins anew, since checkpoints would grow with it: what must last is for `telemetryLogger`.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option.
 * @example
 * const memory = memoryLogger({ events: ['epoch_end'] });
 * await trainer.fit(data, { epochs: 2, callbacks: [memory] });
 * memory.records; // [{ tag: 'epoch_end', epoch: 0, context: { loss: 0.7 } }, …]
 */
export function memoryLogger(options: MemoryLoggerOptions = {}): MemoryLogger {
  checkOptions('memoryLogger', options, RECORDING_RULES);
  const records: MemoryRecord[] = [];
  return {
    name: options.name ?? 'memoryLogger',
    records,
    ...recordingHooks(options, (tag, facts) => records.push(Object.assign({ tag }, facts, { tag }))),
  };
}
