/** Metrics of anomaly detection: flags are series in which a number above 0 marks an anomaly. */
import { requireInteger, requireSameSize, type Vector } from '../validation.js';

/** How many of the ascending `sorted` numbers are below x; NaN, which sorts to the end, is below nothing. */
function countBelow(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * How well scores foretell flags `horizon` steps ahead: sample i counts as positive when `flags[i + horizon] > 0`, and the
 * result is the share of (positive, negative) pairs in which the positive one scores strictly higher. Ties count 0. Without
 * positives or without negatives: 0.5.
 *
 * @param horizon Default 1.
 * @throws `SHAPE_MISMATCH` for unequal sizes, `INVALID_ARGUMENT` for a horizon that is not 0 or a positive integer.
 */
export function earlyRocAuc(flags: Vector, scores: Vector, horizon = 1): number {
  requireSameSize('earlyRocAuc', { flags, scores });
  requireInteger('horizon', horizon, 0);
  const positive: number[] = [];
  const negative: number[] = [];
  for (let i = 0; i < flags.length; i++) (flags[i + horizon] > 0 ? positive : negative).push(scores[i]);
  if (positive.length === 0 || negative.length === 0) return 0.5;
  const sorted = Float64Array.from(negative).sort();
  return positive.reduce((wins, score) => wins + countBelow(sorted, score), 0) / (positive.length * negative.length);
}

/**
 * Share of anomalies that were flagged at their own index or up to `lag` steps before: `hits / (anomalies + 1e-12)`, hence a
 * little below 1 when all were. 0 without anomalies.
 *
 * @param lag Default 1.
 * @throws `SHAPE_MISMATCH` for unequal sizes, `INVALID_ARGUMENT` for a lag that is not 0 or a positive integer.
 */
export function recallAtLag(flags: Vector, predictions: Vector, lag = 1): number {
  requireSameSize('recallAtLag', { flags, predictions });
  requireInteger('lag', lag, 0);
  let anomalies = 0;
  let hits = 0;
  for (let i = 0, latest = -Infinity; i < flags.length; i++) {
    if (predictions[i] > 0) latest = i;
    if (flags[i] > 0) {
      anomalies++;
      if (i - latest <= lag) hits++;
    }
  }
  return hits / (anomalies + 1e-12);
}
