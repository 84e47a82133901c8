/** Turns hooks and model events into telemetry records: what `telemetryLogger` writes and `memoryLogger` keeps. */
import { rules, type Callback } from '@gradus/core';

/** Something that happened: its tag, then the facts. */
export interface MemoryRecord {
  readonly tag: string;
  readonly [fact: string]: unknown;
}

/** The same with the time, in unix seconds. */
export interface TelemetryRecord extends MemoryRecord {
  readonly ts: number;
}

/** Tags of the trainer's own events. Every other tag is the name of an event that a model emits. */
const HOOK_TAGS = [
  ...(['train_begin', 'train_end', 'epoch_begin', 'epoch_end', 'batch_begin', 'batch_end'] as const),
  ...(['test_begin', 'test_end', 'test_batch_begin', 'test_batch_end'] as const),
  ...(['predict_begin', 'predict_end', 'predict_batch_begin', 'predict_batch_end', 'error'] as const),
] as const;

type HookTag = (typeof HOOK_TAGS)[number];

export interface RecordingOptions {
  /**
   * Tags to keep; any name, since models emit events of their own. Default: everything but `batch_begin`, which would make every step
   * its own execution.
   */
  readonly events?: readonly string[];
  /** Facts to record instead of the given ones, or `null` to leave the record out. Called for kept tags only. */
  readonly record?: (tag: string, facts: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> | null;
  /** Needed only to use two of them in one run. Default: the name of the factory. */
  readonly name?: string;
}

export const RECORDING_RULES = { events: rules.texts, record: rules.method, name: rules.text };

/**
 * Hooks that hand every kept record to `add`. Hooks of tags that are not kept are absent, so that the trainer need not call them, and
 * `onEvent` is absent when only the trainer's own tags are kept, so that models need not emit.
 */
export function recordingHooks(
  { events, record }: RecordingOptions,
  add: (tag: string, facts: Readonly<Record<string, unknown>>) => void,
): Partial<Callback> {
  const kept = new Set<string>(events ?? HOOK_TAGS.filter((tag) => tag !== 'batch_begin'));
  const put = (tag: string, facts: Readonly<Record<string, unknown>>): void => {
    const mapped = record === undefined ? facts : record(tag, facts);
    if (mapped !== null) add(tag, mapped);
  };
  const hooks: Record<HookTag, Partial<Callback>> = {
    train_begin: {
      onTrainBegin: ({ model, seed, epochs, stepsPerEpoch }) => put('train_begin', { model: model.name, seed, epochs, stepsPerEpoch }),
    },
    train_end: { onTrainEnd: (logs, { stopping }) => put('train_end', { reason: stopping?.reason ?? 'completed', context: logs }) },
    epoch_begin: { onEpochBegin: (epoch) => put('epoch_begin', { epoch }) },
    epoch_end: { onEpochEnd: (epoch, logs) => put('epoch_end', { epoch, context: logs }) },
    batch_begin: { onTrainBatchBegin: (batch, { epoch }) => put('batch_begin', { epoch, batch }) },
    batch_end: { onTrainBatchEnd: (batch, logs, { epoch }) => put('batch_end', { epoch, batch, context: logs }) },
    test_begin: { onTestBegin: ({ epoch }) => put('test_begin', { epoch }) },
    test_end: { onTestEnd: (logs, { epoch }) => put('test_end', { epoch, context: logs }) },
    test_batch_begin: { onTestBatchBegin: (batch) => put('test_batch_begin', { batch }) },
    test_batch_end: { onTestBatchEnd: (batch, logs) => put('test_batch_end', { batch, context: logs }) },
    predict_begin: { onPredictBegin: () => put('predict_begin', {}) },
    predict_end: { onPredictEnd: () => put('predict_end', {}) },
    predict_batch_begin: { onPredictBatchBegin: (batch) => put('predict_batch_begin', { batch }) },
    predict_batch_end: { onPredictBatchEnd: (batch) => put('predict_batch_end', { batch }) },
    error: {
      onError: (error) =>
        put(
          'error',
          error instanceof Error ? { type: error.name, message: error.message } : { type: typeof error, message: String(error) },
        ),
    },
  };
  const listening = events === undefined || events.some((tag) => !(HOOK_TAGS as readonly string[]).includes(tag));
  return Object.assign(
    {},
    ...HOOK_TAGS.filter((tag) => kept.has(tag)).map((tag) => hooks[tag]),
    listening && {
      onEvent: (event: string, payload: Readonly<Record<string, unknown>>) =>
        (events === undefined || kept.has(event)) && put(event, payload),
    },
  ) as Partial<Callback>;
}
