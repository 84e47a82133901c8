/** Sets the learning rate, or another hyperparameter, at the beginning of each epoch. */
import { checkOptions, rules, type Callback, type Rule } from '@gradus/core';
import { checkHyperparameter, valueAt, valuesByEpoch, type ValuesByEpoch } from '../hyperparameter.js';

export interface LearningRateSchedulerOptions {
  /**
   * The value of an epoch (from 0): a function of it and of the value so far, or values by the epoch they begin at, which
   * configuration can hold: `{ 0: 0.1, 30: 0.01 }`.
   */
  readonly schedule: ((epoch: number, current: number) => number) | ValuesByEpoch;
  /** What is set. Default: `learningRate`. */
  readonly hyperparameter?: string;
  /** Needed only to use two of them in one run. Default: `learningRateScheduler`. */
  readonly name?: string;
}

const byEpoch = valuesByEpoch(rules.notNegative);
const schedule: Rule = {
  expected: `a function (epoch, current) => value, or ${byEpoch.expected}`,
  accepts: (v) => typeof v === 'function' || byEpoch.accepts(v),
};
const RULES = { schedule, hyperparameter: rules.text, name: rules.text };

/** What survives a restart: the last epoch whose value was set. The value itself is part of the run's state. */
type State = { readonly epoch: number } | null;

/**
 * Sets a hyperparameter from epoch to epoch, as `keras.callbacks.LearningRateScheduler`. It takes the place of the optimizer's own
 * schedule from the first value on. For a rate that changes within epochs give the optimizer a schedule of steps instead.
 *
 * A run that goes on in the middle of an epoch keeps its value: the function is not asked twice, so that `current * 0.9` decays once per
 * epoch.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option; before training starts `UNKNOWN_HYPERPARAMETER`; in an epoch whose value is negative
 * or not finite `INVALID_HYPERPARAMETER`.
 * @example
 * learningRateScheduler({ schedule: (epoch, current) => (epoch < 10 ? current : current * 0.9) });
 */
export function learningRateScheduler(options: LearningRateSchedulerOptions): Callback {
  checkOptions('learningRateScheduler', options ?? {}, RULES, ['schedule']);
  const { schedule, hyperparameter = 'learningRate', name = 'learningRateScheduler' } = options;
  let state: State = null;

  return {
    name,

    check(context) {
      checkHyperparameter(name, hyperparameter, context);
      state = null;
    },

    onEpochBegin(epoch, context) {
      if (state?.epoch === epoch) return;
      const value = typeof schedule === 'function' ? schedule(epoch, context.hyperparameters[hyperparameter]) : valueAt(schedule, epoch);
      if (value === null) return;
      context.setHyperparameter(hyperparameter, value);
      state = { epoch };
    },

    getState: () => state,

    setState(saved) {
      state = saved as State;
    },
  };
}
