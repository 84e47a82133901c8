/** One pass over a data source without training, with test hooks. */
import { foldIn, type NDArray } from '@gradus/graph';
import type { DataSource } from '../contracts/data-source.js';
import type { Params } from '../contracts/model.js';
import { checkBatch, samplesOf } from './batches.js';
import type { Evaluator } from './evaluator.js';
import type { Hooks } from './hooks.js';
import { Meter } from './meter.js';

/** Means over the samples of `source`. `stopped` is asked after every batch; test hooks fire when `hooks` are given. */
export async function evaluateSource(
  evaluator: Evaluator,
  params: Params,
  source: DataSource,
  key: NDArray,
  { hooks, silent, stopped = () => false }: { readonly hooks: Hooks; readonly silent: boolean; readonly stopped?: () => boolean },
): Promise<Record<string, number>> {
  const meter = new Meter();
  if (!silent) await hooks.fire('onTestBegin');
  let number = 0;
  for await (const batch of source.batches(0)) {
    checkBatch(batch, source, number);
    if (!silent) await hooks.fire('onTestBatchBegin', number);
    const reports = await evaluator.reports(params, batch, foldIn(key, number), hooks.emit);
    meter.add(reports, samplesOf(batch));
    if (!silent) await hooks.fire('onTestBatchEnd', number, reports);
    number++;
    if (stopped()) break;
  }
  if (!silent) await hooks.fire('onTestEnd', meter.means());
  return meter.means();
}
