/** Changes over how many steps gradients are gathered for one update, from epoch to epoch. */
import { checkOptions, rules, type Callback } from '@gradus/core';
import { valuesByEpoch, type ValuesByEpoch } from '../hyperparameter.js';
import { learningRateScheduler } from './learning-rate-scheduler.js';

export interface AccumulationScheduleOptions {
  /** Steps per update by the epoch (from 0) they begin at: `{ 0: 1, 5: 4 }`. */
  readonly schedule: ValuesByEpoch;
  /** The name of the optimizer's hyperparameter. Default: `every`, that of `accumulate` in `@gradus/optimizers`. */
  readonly hyperparameter?: string;
  /** Needed only to use two of them in one run. Default: `accumulationSchedule`. */
  readonly name?: string;
}

const RULES = { schedule: valuesByEpoch(rules.positiveCount), hyperparameter: rules.text, name: rules.text };

/**
 * Sets after how many steps an optimizer wrapped in `accumulate(optimizer, { every })` updates the parameters: small batches while
 * gradients are large, larger ones later. A group that is being gathered when the number falls ends with its next step.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option; before training starts `UNKNOWN_HYPERPARAMETER` for an optimizer that does not
 * accumulate.
 * @example
 * accumulationSchedule({ schedule: { 0: 1, 5: 4, 20: 16 } });
 */
export function accumulationSchedule(options: AccumulationScheduleOptions): Callback {
  checkOptions('accumulationSchedule', options ?? {}, RULES, ['schedule']);
  const { schedule, hyperparameter = 'every', name = 'accumulationSchedule' } = options;
  return learningRateScheduler({ schedule, hyperparameter, name });
}
