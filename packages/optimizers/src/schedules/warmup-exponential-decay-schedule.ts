import { rules, type Schedule } from '@gradus/core';
import { checkWithRequired } from '../options.js';
import { warmUp } from '../warm-up.js';
import { exponentialDecay, type ExponentialDecayOptions } from './exponential-decay.js';

export interface WarmupExponentialDecayScheduleOptions extends Omit<ExponentialDecayOptions, 'initValue'> {
  /** The value at step 0. Default: 0. */
  readonly initValue?: number;
  /** The value after the warm-up, where the decay begins. */
  readonly peakValue: number;
  /** Steps of the linear warm-up. 0 begins at the peak. */
  readonly warmupSteps: number;
}

/**
 * A linear warm-up, then an exponential decay whose steps count from the end of the warm-up: Optax's
 * `warmup_exponential_decay_schedule`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * warmupExponentialDecaySchedule({ peakValue: 1, warmupSteps: 10, transitionSteps: 5, decayRate: 0.5 })(20); // 0.25
 */
export function warmupExponentialDecaySchedule(options: WarmupExponentialDecayScheduleOptions): Schedule {
  const { initValue = 0, peakValue, warmupSteps, ...rest } = options;
  const required = {
    peakValue: rules.notNegative,
    warmupSteps: rules.count,
    transitionSteps: rules.positiveCount,
    decayRate: rules.positive,
  };
  const optional = {
    initValue: rules.notNegative,
    transitionBegin: rules.count,
    staircase: rules.flag,
    endValue: rules.notNegative,
  };
  checkWithRequired('warmupExponentialDecaySchedule', options, required, optional);
  return warmUp({ initValue, peakValue, warmupSteps }, exponentialDecay({ initValue: peakValue, ...rest }));
}
