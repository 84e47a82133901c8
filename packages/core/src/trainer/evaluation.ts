/** One pass over a data source without training, with test hooks. */
import { foldIn, type NDArray } from '@gradus/graph';
import type { DataSource } from '../contracts/data-source.js';
import type { Emit } from '../contracts/model.js';
import { checkBatch, samplesOf } from './batches.js';
import type { Evaluator, ModelValues } from './evaluator.js';
import type { Hooks } from './hooks.js';
import { Meter } from './meter.js';

export interface EvaluationOptions {
  /** Whose test hooks fire, unless `silent`. */
  readonly hooks: Hooks;
  readonly silent?: boolean;
  /** Where model events go. Default: to the hooks. */
  readonly emit?: Emit | null;
  /** Asked after every batch. */
  readonly stopped?: () => boolean;
}

/** The loss and metrics over the samples of `source`. */
export async function evaluateSource(
  evaluator: Evaluator,
  evaluated: () => ModelValues,
  source: DataSource,
  key: NDArray,
  { hooks, silent = false, emit = hooks.emit, stopped = () => false }: EvaluationOptions,
): Promise<Record<string, number>> {
  const meter = new Meter(evaluator.model);
  if (!silent) await hooks.fire('onTestBegin');
  // Read after the hook, which may have put other parameters in place.
  const values = evaluated();
  let number = 0;
  for await (const batch of source.batches(0)) {
    checkBatch(batch, source, number);
    evaluator.model.check?.(batch, number);
    if (!silent) await hooks.fire('onTestBatchBegin', number);
    const reports = await evaluator.reports(values, batch, foldIn(key, number), emit);
    meter.add(reports, samplesOf(batch));
    if (!silent) await hooks.fire('onTestBatchEnd', number, reports.logs);
    number++;
    if (stopped()) break;
  }
  if (!silent) await hooks.fire('onTestEnd', meter.values());
  return meter.values();
}
