import { rules, type Schedule } from '@gradus/core';
import { checkWithRequired, countAbove } from '../options.js';
import { warmUp } from '../warm-up.js';
import { polynomialSchedule } from './polynomial-schedule.js';

export interface WarmupPolynomialDecayScheduleOptions {
  /** The value at step 0. Default: 0. */
  readonly initValue?: number;
  /** The value after the warm-up, at step `warmupSteps`. */
  readonly peakValue: number;
  /** Steps of the linear warm-up. 0 begins at the peak. */
  readonly warmupSteps: number;
  /** Steps of the whole schedule, the warm-up included: a whole number above `warmupSteps`. */
  readonly decaySteps: number;
  /** The value from step `decaySteps` on. Default: 0. */
  readonly endValue?: number;
  /** The power of the decay, more than 0. Default: 1, a straight line, as in BERT (Devlin et al., NAACL 2019). */
  readonly power?: number;
}

/**
 * A linear warm-up, then a polynomial decay over the remaining `decaySteps - warmupSteps`: see `polynomialSchedule`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * warmupPolynomialDecaySchedule({ peakValue: 1, warmupSteps: 10, decaySteps: 110 })(60); // 0.5
 */
export function warmupPolynomialDecaySchedule(options: WarmupPolynomialDecayScheduleOptions): Schedule {
  const { initValue = 0, peakValue, warmupSteps, decaySteps, endValue = 0, power = 1 } = options;
  const required = { peakValue: rules.notNegative, warmupSteps: rules.count, decaySteps: countAbove(warmupSteps) };
  const optional = { initValue: rules.notNegative, endValue: rules.notNegative, power: rules.positive };
  checkWithRequired('warmupPolynomialDecaySchedule', options, required, optional);
  const decay = polynomialSchedule({ initValue: peakValue, endValue, power, transitionSteps: decaySteps - warmupSteps });
  return warmUp({ initValue, peakValue, warmupSteps }, decay);
}
