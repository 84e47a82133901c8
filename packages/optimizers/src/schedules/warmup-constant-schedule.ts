import { rules, type Schedule } from '@gradus/core';
import { checkWithRequired } from '../options.js';
import { linearSchedule } from './linear-schedule.js';

export interface WarmupConstantScheduleOptions {
  /** The value at step 0. Default: 0. */
  readonly initValue?: number;
  /** The value from step `warmupSteps` on. */
  readonly peakValue: number;
  /** Steps until the peak: a whole number of at least 1. */
  readonly warmupSteps: number;
}

/**
 * From initValue to peakValue in a straight line over warmupSteps, then peakValue: Optax's `warmup_constant_schedule`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * warmupConstantSchedule({ peakValue: 1, warmupSteps: 4 })(1); // 0.25
 */
export function warmupConstantSchedule(options: WarmupConstantScheduleOptions): Schedule {
  const { initValue = 0, peakValue, warmupSteps } = options;
  const required = { peakValue: rules.notNegative, warmupSteps: rules.positiveCount };
  checkWithRequired('warmupConstantSchedule', options, required, { initValue: rules.notNegative });
  return linearSchedule({ initValue, endValue: peakValue, transitionSteps: warmupSteps });
}
