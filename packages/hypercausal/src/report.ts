/** What the demo prints, as the demo prints it: epoch lines, final metrics, the best epoch and the summary. */
import type { NDArray } from '@gradus/graph';
import type { BestEpoch, EpochRecord } from './epoch-losses.js';
import { overshoot, robustness } from './metrics/control.js';
import { rmse, smape } from './metrics/forecasting.js';
import { float, pythonExponential, pythonFixed, pythonJson, pythonRepr, type PythonValue } from './python-format.js';
import type { SequenceLosses } from './sequence-losses.js';
import { requireInteger } from './validation.js';

export interface EpochLine {
  readonly record: EpochRecord;
  readonly depths: readonly number[];
  readonly learningRate: number;
  readonly epsilon: number;
}

/** `[Epoch 0] total_before=0.031141 total_after=0.030663 depth=[1, 1, 1] lr_eff=5.000e-02 eps_eff=1.000e-03` */
export function formatEpochLine({ record, depths, learningRate, epsilon }: EpochLine): string {
  return [
    `[Epoch ${record.epoch}]`,
    `total_before=${pythonFixed(record.loss_before.total, 6)}`,
    `total_after=${pythonFixed(record.loss_after.total, 6)}`,
    `depth=${pythonRepr(depths.map(Math.trunc))}`,
    `lr_eff=${pythonExponential(learningRate, 3)}`,
    `eps_eff=${pythonExponential(epsilon, 3)}`,
  ].join(' ');
}

export interface FinalMetrics {
  readonly smape: number;
  readonly rmse: number;
  readonly overshoot: number;
  readonly robustness: number;
}

/**
 * The four metrics of one channel.
 *
 * @param target `[T, D]`.
 * @param state `[T, D]`: the predicted states.
 * @param channel Default 0.
 */
export function finalMetrics(target: NDArray, state: NDArray, channel = 0): FinalMetrics {
  const t = column(target, channel);
  const p = column(state, channel);
  return { smape: smape(t, p), rmse: rmse(t, p), overshoot: overshoot(t, p), robustness: robustness(t, p) };
}

function column(array: NDArray, channel: number): Float64Array {
  requireInteger('channel', channel, 0);
  const [steps, dim] = array.shape;
  return Float64Array.from({ length: steps }, (_, t) => Number(array.data[t * dim + channel]));
}

/** A heading and four aligned lines. */
export function formatFinalMetrics(metrics: FinalMetrics, channel = 0): string {
  return [
    `=== Final metrics (channel ${channel}) ===`,
    `SMAPE:      ${pythonFixed(metrics.smape, 6)} %`,
    `RMSE:       ${pythonFixed(metrics.rmse, 6)}`,
    `Overshoot:  ${pythonFixed(metrics.overshoot, 6)}`,
    `Robustness: ${pythonFixed(metrics.robustness, 6)}`,
  ].join('\n');
}

/** Losses as Python floats, in the order of the demo. */
export const lossFloats = ({ task, cons, coh, total }: SequenceLosses): Record<string, PythonValue> => ({
  task: float(task),
  cons: float(cons),
  coh: float(coh),
  total: float(total),
});

const bestValue = (best: BestEpoch): PythonValue => ({ epoch: best.epoch, ...lossFloats(best) });

/** `Best epoch snapshot: {'epoch': 11, 'task': 0.018001068416014097, …}` */
export const formatBest = (best: BestEpoch): string => `Best epoch snapshot: ${pythonRepr(bestValue(best))}`;

/** `Early stopping activated at epoch 9. Best total=0.022723 (epoch 7).` */
export const formatEarlyStop = (epoch: number, best: BestEpoch): string =>
  `Early stopping activated at epoch ${epoch}. Best total=${pythonFixed(best.total, 6)} (epoch ${best.epoch}).`;

/** JSON of both, indented by 2. */
export function formatSummary(best: BestEpoch, { smape: s, rmse: r, overshoot: o, robustness: b }: FinalMetrics): string {
  const metrics = { smape: float(s), rmse: float(r), overshoot: float(o), robustness: float(b) };
  return pythonJson({ best: bestValue(best), metrics }, 2);
}
