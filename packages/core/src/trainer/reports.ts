/** What a step reports: scalars, and statistics that add up over batches. */
import { formatSpec, GradusError, isTensor, row, scalar, type NDArray, type Tensor } from '@gradus/graph';
import type { Logs, MetricInfo } from '../contracts/callback.js';
import type { Metrics, Model, Params, Scored, Statistics } from '../contracts/model.js';

/** As tensors, while a step is traced. */
export interface TracedReports {
  /** Every number of this batch by itself: the loss, and each metric. */
  readonly logs: Readonly<Record<string, Tensor>>;
  readonly statistics: Readonly<Record<string, Statistics>>;
}

/** Of one batch. */
export interface Reports {
  readonly logs: Logs;
  readonly statistics: Readonly<Record<string, Params>>;
}

export const scalarsOnly = (logs: Logs): Reports => ({ logs, statistics: {} });

/** A reward with its metrics. @throws `INVALID_REPORT` as `reportsOf` does. */
export function scoredReports(model: Model, { reward, metrics = {} }: Scored): Reports {
  const tensor = (value: number | Params): Tensor | Params => (typeof value === 'number' ? scalar(value, 'float64') : value);
  const named = Object.entries({ reward, ...metrics }).map(([name, value]) => [name, tensor(value)]);
  return readReports(reportsOf(model, null, Object.fromEntries(named) as Metrics));
}

/**
 * Collects loss and metrics; a metric of statistics is worked out for the batch, too.
 * @throws `INVALID_REPORT`, naming the one that is no scalar, or statistics whose metric declares no `result`.
 */
export function reportsOf(model: Model, loss: Tensor | null, metrics: Metrics = {}): TracedReports {
  const logs: Record<string, Tensor> = loss === null ? {} : { loss };
  const statistics: Record<string, Statistics> = {};
  const invalid = (what: string, received: string | undefined, expected: string, fix?: string): GradusError =>
    new GradusError('INVALID_REPORT', { what: `Model '${model.name}' ${what}`, received, expected, fix });
  for (const [name, value] of Object.entries(metrics)) {
    if (name in logs) throw invalid(`reports a metric named '${name}'`, undefined, 'another name: this one is the loss');
    if (value === undefined || isTensor(value)) {
      logs[name] = value;
      continue;
    }
    const declared = model.metrics?.[name];
    if (typeof declared !== 'object' || declared.result === undefined) {
      throw invalid(
        `reports statistics as '${name}' and does not say what they amount to`,
        Object.keys(value).join(', '),
        `model.metrics['${name}'] with { direction, result(statistics) }`,
      );
    }
    statistics[name] = value;
    logs[name] = declared.result(value);
  }
  for (const [name, tensor] of Object.entries(logs)) {
    if (tensor?.shape?.length === 0 && (tensor.dtype === 'float32' || tensor.dtype === 'float64')) continue;
    const received = tensor === undefined ? 'undefined' : formatSpec(tensor);
    throw invalid(`reports '${name}' that is no float scalar`, received, 'float32[] or float64[]', 'Reduce it with mean() or sum().');
  }
  return { logs, statistics };
}

/** Numbers and arrays out of what an executable gave; `at` picks a step where steps are stacked. */
export function readReports(reports: TracedReports, at?: number): Reports {
  const value = (tensor: Tensor): NDArray => (at === undefined ? (tensor as NDArray) : row(tensor as NDArray, at));
  const each = <T>(record: Readonly<Record<string, Tensor>>, read: (array: NDArray) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([name, tensor]) => [name, read(value(tensor))]));
  return {
    logs: each(reports.logs, (array) => array.item()),
    statistics: Object.fromEntries(Object.entries(reports.statistics).map(([name, own]) => [name, each(own, (array) => array)])),
  };
}

/** What a run knows of a metric by the name the model reports it under. */
export function metricInfo(model: Model, name: string): MetricInfo {
  if (name === 'loss') return { direction: 'min' };
  if (name === 'reward') return { direction: 'max' };
  const declared = model.metrics?.[name] ?? null;
  return { direction: typeof declared === 'object' && declared !== null ? declared.direction : declared };
}
