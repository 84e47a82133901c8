/** Metrics of control: how a response follows its reference. */
import { mse } from '../losses.js';
import { requireNotEmpty, requireSameSize, type Vector } from '../validation.js';

const largest = (series: Vector): number => {
  let best = -Infinity;
  for (let i = 0; i < series.length; i++) best = Math.max(best, series[i]);
  return best;
};

/**
 * How far the response's maximum exceeds the reference's, as a share of it; 0 when it does not, or when the reference's maximum
 * is 0. @throws `SHAPE_MISMATCH` for an empty series.
 */
export function overshoot(target: Vector, response: Vector): number {
  requireNotEmpty('overshoot: the target', target);
  requireNotEmpty('overshoot: the response', response);
  const peak = largest(target);
  return peak === 0 ? 0 : Math.max(0, largest(response) - peak) / Math.abs(peak);
}

/**
 * Samples until the response stays inside `[last * (1 - tolerance), last * (1 + tolerance)]`, where `last` is the reference's
 * last value: one more than the last index outside, 0 when there is none. A negative reference has an empty band, so that the
 * result is the response's size. @throws `SHAPE_MISMATCH` for an empty target.
 */
export function settlingTime(target: Vector, response: Vector, tolerance = 0.05): number {
  requireNotEmpty('settlingTime: the target', target);
  const last = target[target.length - 1];
  const low = last * (1 - tolerance);
  const high = last * (1 + tolerance);
  for (let i = response.length - 1; i >= 0; i--) {
    if (!(response[i] >= low && response[i] <= high)) return i + 1;
  }
  return 0;
}

/** `1 / (1 + mse)`: 1 for a perfect response, towards 0 for bad ones. @throws `SHAPE_MISMATCH` for unequal sizes. */
export function robustness(target: Vector, response: Vector): number {
  requireSameSize('robustness', { target, response });
  return 1 / (1 + mse(response, target));
}
