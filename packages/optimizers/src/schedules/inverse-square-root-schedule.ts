import { rules, type Schedule } from '@gradus/core';
import { checkWithRequired } from '../options.js';
import { warmUp } from '../warm-up.js';

export interface InverseSquareRootScheduleOptions {
  /** The value at step 0. Default: 0. */
  readonly initValue?: number;
  /** The value at step `warmupSteps`. */
  readonly peakValue: number;
  /** Steps of the linear warm-up: a whole number of at least 1. */
  readonly warmupSteps: number;
}

/**
 * A linear warm-up, then peakValue * sqrt(warmupSteps / step). Source: Vaswani et al., "Attention is all you need" (NeurIPS 2017),
 * section 5.3, whose peak is (dModel * warmupSteps)^(-1/2).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * inverseSquareRootSchedule({ peakValue: 1, warmupSteps: 100 })(400); // 0.5
 */
export function inverseSquareRootSchedule(options: InverseSquareRootScheduleOptions): Schedule {
  const { initValue = 0, peakValue, warmupSteps } = options;
  const required = { peakValue: rules.notNegative, warmupSteps: rules.positiveCount };
  checkWithRequired('inverseSquareRootSchedule', options, required, { initValue: rules.notNegative });
  return warmUp({ initValue, peakValue, warmupSteps }, (past) => peakValue * Math.sqrt(warmupSteps / (warmupSteps + past)));
}
