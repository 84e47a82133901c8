import { checkOptions, rules } from '@gradus/core';
import { divide } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { huberWith } from './huber.js';

export interface SmoothL1Options {
  /** The error from which on the loss is linear. Above 0; default: 1. */
  readonly beta?: number;
}

/**
 * Mean of e² / (2 beta) where |e| <= beta and |e| - beta / 2 beyond: the Huber loss divided by beta, so that its slope ends at 1.
 * Girshick, Fast R-CNN (2015).
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export function smoothL1With(options: SmoothL1Options = {}): Loss {
  checkOptions('smoothL1With', options, { beta: rules.positive });
  const { beta = 1 } = options;
  const unscaled = huberWith({ delta: beta });
  return (outputs, targets, weights) => divide(unscaled(outputs, targets, weights), beta);
}

/** {@link smoothL1With} with a beta of 1. */
export const smoothL1: Loss = smoothL1With();
