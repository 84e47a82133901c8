import { checkOptions, rules } from '@gradus/core';
import { clip, multiply, subtract } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { difference } from '../targets.js';
import { weightedMean } from '../weighting.js';

export interface HuberOptions {
  /** The error from which on the loss is linear. Above 0; default: 1. */
  readonly delta?: number;
}

/**
 * Mean of e² / 2 where |e| <= delta and delta (|e| - delta / 2) beyond, with e = outputs - targets: squares near the target, and a
 * slope of at most delta, so that outliers do not rule. Huber (1964).
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 * @example huberWith({ delta: 0.5 });
 */
export function huberWith(options: HuberOptions = {}): Loss {
  checkOptions('huberWith', options, { delta: rules.positive });
  const { delta = 1 } = options;
  return (outputs, targets, weights) => {
    const error = difference('huber', outputs, targets);
    // With c = e limited to ±delta, both branches are c (e - c / 2), without an absolute value that has no second derivative at 0.
    const limited = clip(error, -delta, delta);
    return weightedMean('huber', multiply(limited, subtract(error, multiply(limited, 0.5))), weights);
  };
}

/** {@link huberWith} with a delta of 1. */
export const huber: Loss = huberWith();
