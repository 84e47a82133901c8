import { rules, type Schedule } from '@gradus/core';
import { between, checkWithRequired, countAbove } from '../options.js';
import { warmUp } from '../warm-up.js';
import { cosineDecaySchedule } from './cosine-decay-schedule.js';

export interface WarmupCosineDecayScheduleOptions {
  /** The value at step 0. Default: 0. */
  readonly initValue?: number;
  /** The value after the warm-up, at step `warmupSteps`. More than 0. */
  readonly peakValue: number;
  /** Steps of the linear warm-up. 0 begins at the peak. */
  readonly warmupSteps: number;
  /** Steps of the whole schedule, the warm-up included: a whole number above `warmupSteps`. */
  readonly decaySteps: number;
  /** The value from step `decaySteps` on, at most `peakValue`. Default: 0. */
  readonly endValue?: number;
  /** The power of the cosine, more than 0. Default: 1. */
  readonly exponent?: number;
}

/**
 * A linear warm-up, then a cosine decay over the remaining `decaySteps - warmupSteps`: Optax's `warmup_cosine_decay_schedule`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * warmupCosineDecaySchedule({ peakValue: 1, warmupSteps: 10, decaySteps: 110 })(60); // 0.5: half of the cosine is done
 */
export function warmupCosineDecaySchedule(options: WarmupCosineDecayScheduleOptions): Schedule {
  const { initValue = 0, peakValue, warmupSteps, decaySteps, endValue = 0, exponent = 1 } = options;
  const required = { peakValue: rules.positive, warmupSteps: rules.count, decaySteps: countAbove(warmupSteps) };
  const optional = { initValue: rules.notNegative, endValue: between(0, peakValue), exponent: rules.positive };
  checkWithRequired('warmupCosineDecaySchedule', options, required, optional);
  const decay = cosineDecaySchedule({ initValue: peakValue, decaySteps: decaySteps - warmupSteps, alpha: endValue / peakValue, exponent });
  return warmUp({ initValue, peakValue, warmupSteps }, decay);
}
