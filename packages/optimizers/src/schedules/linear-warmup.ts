import { rules, type Schedule } from '@gradus/core';
import { checkWithRequired } from '../options.js';

export interface LinearWarmupOptions {
  /** The value at step 0. Default: 0. */
  readonly initValue?: number;
  /** The value from step `warmupSteps` on. */
  readonly peakValue: number;
  /** Steps until the peak: a whole number of at least 1. */
  readonly warmupSteps: number;
}

/**
 * From initValue to peakValue in a straight line over warmupSteps, then peakValue: Optax's `linear_schedule`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * linearWarmup({ peakValue: 1, warmupSteps: 4 })(1); // 0.25
 */
export function linearWarmup(options: LinearWarmupOptions): Schedule {
  const { initValue = 0, peakValue, warmupSteps } = options;
  const required = { peakValue: rules.notNegative, warmupSteps: rules.positiveCount };
  checkWithRequired('linearWarmup', options, required, { initValue: rules.notNegative });
  return (step) => (step >= warmupSteps ? peakValue : initValue + (peakValue - initValue) * (step / warmupSteps));
}
