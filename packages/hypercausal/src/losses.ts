/** Losses of one step. Every mean is over the D channels, so that a loss does not grow with their number. */
import { columnMean, type Futures } from './futures.js';
import { invalid, requireSameSize, type Vector } from './validation.js';

/** Sum of squared differences of `count` numbers, read from an offset in each array. */
export function squaredDistance(a: Vector, b: Vector, count: number, offsetA = 0, offsetB = 0): number {
  let total = 0;
  for (let i = 0; i < count; i++) {
    const difference = a[offsetA + i] - b[offsetB + i];
    total += difference * difference;
  }
  return total;
}

/**
 * Mean squared error. @throws `SHAPE_MISMATCH` for unequal sizes.
 *
 * @example
 * mse([1, 2], [0, 0]); // 2.5
 */
export function mse(prediction: Vector, target: Vector): number {
  requireSameSize('mse', { prediction, target });
  return squaredDistance(prediction, target, target.length) / target.length;
}

/** Mean absolute error. @throws `SHAPE_MISMATCH` for unequal sizes. */
export function mae(prediction: Vector, target: Vector): number {
  requireSameSize('mae', { prediction, target });
  let total = 0;
  for (let i = 0; i < target.length; i++) total += Math.abs(prediction[i] - target[i]);
  return total / target.length;
}

/** Clipped to [1e-12, 1] and divided by their sum. */
function distribution(weights: Vector): Float64Array {
  const clipped = Float64Array.from(weights, (v) => Math.min(Math.max(v, 1e-12), 1));
  const total = clipped.reduce((sum, v) => sum + v, 0);
  return clipped.map((v) => v / total);
}

/**
 * Cross-entropy in nats of two distributions, `-sum target * ln prediction`, each first clipped to [1e-12, 1] and then
 * normalised. @throws `SHAPE_MISMATCH` for unequal sizes.
 */
export function crossEntropy(prediction: Vector, target: Vector): number {
  requireSameSize('crossEntropy', { prediction, target });
  const p = distribution(prediction);
  return -distribution(target).reduce((sum, t, i) => sum + t * Math.log(p[i]), 0);
}

export interface ConsistencyWeights {
  /** Weight of the change from the previous state. Default 1. */
  readonly alpha?: number;
  /** Weight of the distance to the selected future. Default 1. */
  readonly beta?: number;
}

/**
 * How much a state moves and how far its future lies: `alpha * mean((s - previous)^2) + beta * mean((s - future)^2)`.
 *
 * @throws `SHAPE_MISMATCH` for unequal sizes.
 */
export function consistency(previous: Vector, state: Vector, future: Vector, { alpha = 1, beta = 1 }: ConsistencyWeights = {}): number {
  requireSameSize('consistency', { previous, state, future });
  const size = state.length;
  return (alpha * squaredDistance(state, previous, size) + beta * squaredDistance(state, future, size)) / size;
}

/**
 * Spread of futures around their column means, averaged over all K * D numbers: the population variance, or the mean absolute
 * deviation. 0 when all branches agree.
 *
 * @param mode Upper or lower case. Default `variance`.
 * @throws `INVALID_ARGUMENT` for an unknown mode.
 * @example
 * coherence(Futures.of([[0, 1], [2, 3]])); // 1
 */
export function coherence(futures: Futures, mode: 'variance' | 'mad' = 'variance'): number {
  const squared = mode.toLowerCase() === 'variance';
  if (!squared && mode.toLowerCase() !== 'mad') throw invalid('coherence: no such mode', `'${mode}'`, "'variance' or 'mad'");
  const { dim, data } = futures;
  let total = 0;
  for (let d = 0; d < dim; d++) {
    const centre = columnMean(futures, d);
    for (let i = d; i < data.length; i += dim) {
      const difference = data[i] - centre;
      total += squared ? difference * difference : Math.abs(difference);
    }
  }
  return total / data.length;
}
