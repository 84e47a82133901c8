import { checkOptions, rules } from '@gradus/core';
import { add, exp, formatSpec, GradusError, maximum, multiply, negative, slice, square, type Tensor } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { difference } from '../targets.js';
import { weightedMean } from '../weighting.js';

export interface GaussianNllOptions {
  /** Variances below this count as this, so that an exact hit does not drive the loss to -Infinity. Above 0; default: 1e-6. */
  readonly minVariance?: number;
}

/**
 * Negative log-likelihood of targets under normal distributions, in nats and without the constant log(2 pi) / 2: the mean of
 * (log v + (t - m)² / v) / 2. Nix and Weigend (1994).
 *
 * Outputs: the means m and, after them, the logarithms of the variances v along the last axis, float [batch, …, 2 n]. Targets t: of the
 * same type, [batch, …, n].
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 * @example
 * const net = dense({ in: 8, out: 2 }); // one mean and one log-variance for targets [batch, 1]
 */
export function gaussianNllWith(options: GaussianNllOptions = {}): Loss {
  checkOptions('gaussianNllWith', options, { minVariance: rules.positive });
  const lowest = Math.log(options.minVariance ?? 1e-6);
  return (outputs, targets, weights) => {
    const [means, logVariances] = halves(outputs, targets);
    const logV = maximum(logVariances, lowest);
    const distance = multiply(square(difference('gaussianNll', means, targets)), exp(negative(logV)));
    return weightedMean('gaussianNll', multiply(add(logV, distance), 0.5), weights);
  };
}

/** {@link gaussianNllWith} without options. */
export const gaussianNll: Loss = gaussianNllWith();

function halves(outputs: Tensor, targets: Tensor): readonly [Tensor, Tensor] {
  const n = targets.shape[targets.shape.length - 1];
  if (outputs.shape.length !== targets.shape.length || outputs.shape.length < 2 || outputs.shape[outputs.shape.length - 1] !== 2 * n) {
    throw new GradusError('SHAPE_MISMATCH', {
      what: 'gaussianNll: outputs are not twice as many as targets',
      received: `${formatSpec(outputs)} and ${formatSpec(targets)}`,
      expected: 'means and log-variances [batch, …, 2 n] and targets [batch, …, n]',
    });
  }
  return [slice(outputs, { axis: -1, stop: n }), slice(outputs, { axis: -1, start: n })];
}
