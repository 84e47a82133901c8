/** Telemetry of a sequence model: one JSON line per step and epoch, written as Python's `json` writes it. */
import { telemetryLogger } from '@gradus/callbacks';
import type { Callback, Logs } from '@gradus/core';
import { lossesOf, type EpochLosses } from './epoch-losses.js';
import { float, pythonJson, type PythonValue } from './python-format.js';
import { lossFloats } from './report.js';
import { invalid } from './validation.js';

export interface HypercausalTelemetryOptions {
  /** The file, appended to; missing folders are made. */
  readonly path: string;
  /** Records per write. Default 1. */
  readonly flushInterval?: number;
  /** Where the losses of `epoch_end` come from; it must be among the callbacks of the same run. */
  readonly losses: EpochLosses;
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
}

/** The tags written. `epoch_begin` has `epoch`, `step_begin` has `step`; the ends add `context`; `error` has `type`, `message`. */
const TAGS = ['epoch_begin', 'epoch_end', 'step_begin', 'step_end', 'error'];

/**
 * A `telemetryLogger` that keeps these tags only and writes lines such as
 * `{"ts": 1761187551.5471337, "tag": "step_end", "step": 0, "context": {"step": 0}}`. Put it before `losses`, so that the line of
 * `epoch_begin` comes before those of the evaluation that `losses` begins an epoch with; and give it to `predict` as well to have
 * those passes in the file.
 *
 * @throws what `telemetryLogger` throws.
 * @example
 * const losses = epochLosses();
 * const telemetry = hypercausalTelemetry({ path: 'runs/telemetry.jsonl', flushInterval: 8, losses });
 * await trainer.fit(sequence, { validationData: sequence, callbacks: [telemetry, losses] });
 */
export const hypercausalTelemetry = ({ losses, ...file }: HypercausalTelemetryOptions): Callback =>
  telemetryLogger({
    ...file,
    name: 'hypercausal-telemetry',
    events: TAGS,
    record: (tag, facts) => (tag === 'epoch_end' ? epochEnd(facts.epoch as number, facts.context as Logs, losses) : facts),
    format: (record) => pythonJson({ ...(record as Record<string, unknown> as Record<string, PythonValue>), ts: float(record.ts) }),
  });

function epochEnd(epoch: number, logs: Logs, { before }: EpochLosses): Record<string, PythonValue> {
  if (before === null) {
    throw invalid(
      'hypercausalTelemetry has no losses to write',
      'an epochLosses() that does not run',
      'the same epochLosses() among the callbacks of the run',
      'Give fit(…, { callbacks: [telemetry, losses] }).',
    );
  }
  return { epoch, context: { epoch, loss_before: lossFloats(before), loss_after: lossFloats(lossesOf(logs, 'val_')) } };
}
