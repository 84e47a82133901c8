/** Metrics of forecasts: how far predictions lie from a series. The target comes first. */
import { squaredDistance } from '../losses.js';
import { requireSameSize, sizeError, type Vector } from '../validation.js';

function meanOf(size: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < size; i++) total += term(i);
  return total / size;
}

/**
 * Mean absolute percentage error, `mean |(t - p) / (t + 1e-12)| * 100`. Targets of 0 give values near 1e14, and -1e-12 gives
 * infinity: use {@link smape} where targets may vanish.
 *
 * @throws `SHAPE_MISMATCH` for unequal sizes, as every metric here.
 */
export function mape(target: Vector, prediction: Vector): number {
  requireSameSize('mape', { target, prediction });
  return meanOf(target.length, (i) => Math.abs((target[i] - prediction[i]) / (target[i] + 1e-12))) * 100;
}

/** Symmetric percentage error, `mean |p - t| / max(|t| + |p|, 1e-8) * 100`: from 0 to 100, and 100 against targets of 0. */
export function smape(target: Vector, prediction: Vector): number {
  requireSameSize('smape', { target, prediction });
  const term = (i: number): number => Math.abs(prediction[i] - target[i]) / Math.max(Math.abs(target[i]) + Math.abs(prediction[i]), 1e-8);
  return meanOf(target.length, term) * 100;
}

/** Mean absolute error as a share of a naive forecast's: `mean |t - p| / (mean |t - naive| + 1e-12)`. Below 1 beats it. */
export function mase(target: Vector, prediction: Vector, naive: Vector): number {
  requireSameSize('mase', { target, prediction, naive });
  const error = (forecast: Vector): number => meanOf(target.length, (i) => Math.abs(target[i] - forecast[i]));
  return error(prediction) / (error(naive) + 1e-12);
}

/** Root mean square error. A series of one number is compared with every number of the other. */
export function rmse(target: Vector, prediction: Vector): number {
  const size = Math.max(target.length, prediction.length);
  const fits = (series: Vector): boolean => series.length === size || series.length === 1;
  if (!fits(target) || !fits(prediction)) {
    throw sizeError('rmse: series of different sizes', `${target.length} and ${prediction.length}`, 'equal sizes, or one number');
  }
  const spread = (series: Vector): Vector => (series.length === size ? series : new Float64Array(size).fill(series[0]));
  return Math.sqrt(squaredDistance(spread(target), spread(prediction), size) / size);
}

/** Agreement of the directions of change, `mean(sign(diff t) * sign(diff p))`: from -1 to 1; NaN for fewer than two samples. */
export function deltaLag(target: Vector, prediction: Vector): number {
  requireSameSize('deltaLag', { target, prediction });
  const direction = (series: Vector, i: number): number => Math.sign(series[i + 1] - series[i]);
  return meanOf(Math.max(0, target.length - 1), (i) => direction(target, i) * direction(prediction, i));
}
