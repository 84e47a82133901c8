/** Lowers the learning rate when a metric no longer improves. */
import { checkOptions, rules, type Callback, type Direction, type Rule } from '@gradus/core';
import { checkHyperparameter } from '../hyperparameter.js';
import { improves, MONITOR_RULES, resolveDirection, type MonitorOptions } from '../monitor.js';

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** An improvement must be larger than this, in the metric's unit. Default: 1e-4. */
  readonly minDelta?: number;
  /** What the rate is multiplied with: above 0, below 1. Default: 0.1. */
  readonly factor?: number;
  /** Epochs without improvement before the rate is lowered; 0 and 1 both lower it at the first. Default: 10. */
  readonly patience?: number;
  /** Epochs after a reduction in which no patience is used up. Default: 0. */
  readonly cooldown?: number;
  /** The rate never falls below this. Default: 0. */
  readonly minLr?: number;
  /** What is lowered. Default: `learningRate`. */
  readonly hyperparameter?: string;
  /** Needed only to use two of them in one run. Default: `reduceLROnPlateau`. */
  readonly name?: string;
}

/** What survives a restart. The rate itself is part of the run's state. */
interface State {
  readonly best: number | null;
  readonly wait: number;
  readonly cooldown: number;
}

const share: Rule = { expected: 'a number above 0 and below 1', accepts: (v) => typeof v === 'number' && v > 0 && v < 1 };
const RULES = {
  ...MONITOR_RULES,
  factor: share,
  patience: rules.count,
  cooldown: rules.count,
  minLr: rules.notNegative,
  hyperparameter: rules.text,
  name: rules.text,
};

/**
 * Multiplies the learning rate by `factor` at the end of an epoch when `monitor` has not improved for `patience` epochs, as
 * `keras.callbacks.ReduceLROnPlateau`; `minDelta` and the direction are those of `earlyStopping`. Each reduction emits the event
 * `reduce_lr` with `epoch`, `from` and `to`.
 *
 * - An epoch that did not report the metric uses up neither patience nor cooldown.
 * - A NaN or infinite value is no improvement.
 * - The first reduction takes the place of the optimizer's own schedule: from then on the rate is constant between reductions.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option; before training starts `UNKNOWN_METRIC`, `UNKNOWN_DIRECTION`, `DIRECTION_CONFLICT` as
 * `earlyStopping` does, and `UNKNOWN_HYPERPARAMETER`.
 * @example
 * await trainer.fit(data, { epochs: 100, validationData, callbacks: [reduceLROnPlateau({ factor: 0.5, patience: 3 })] });
 */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): Callback {
  checkOptions('reduceLROnPlateau', options, RULES);
  const { monitor = 'val_loss', minDelta = 1e-4, factor = 0.1, patience = 10, cooldown = 0, minLr = 0 } = options;
  const { hyperparameter = 'learningRate', name = 'reduceLROnPlateau' } = options;
  const fresh: State = { best: null, wait: 0, cooldown: 0 };
  let direction: Direction = 'min';
  let state = fresh;

  return {
    name,

    check(context) {
      direction = resolveDirection(name, options, context.metrics);
      checkHyperparameter(name, hyperparameter, context);
      state = fresh;
    },

    onEpochEnd(epoch, logs, context) {
      const value = logs[monitor];
      if (value === undefined) return;
      const cooling = Math.max(0, state.cooldown - 1);
      if (improves(direction, minDelta, value, state.best)) {
        state = { ...state, best: value, wait: 0, cooldown: cooling };
        return;
      }
      // The last epoch of a cooldown uses up patience again, as in Keras.
      const wait = cooling > 0 ? 0 : state.wait + 1;
      state = { ...state, wait, cooldown: cooling };
      const from = context.hyperparameters[hyperparameter];
      if (cooling > 0 || wait < patience || from <= minLr) return;
      const to = Math.max(from * factor, minLr);
      context.setHyperparameter(hyperparameter, to);
      context.emit('reduce_lr', { epoch, from, to });
      state = { ...state, wait: 0, cooldown };
    },

    getState: () => state,

    setState(saved) {
      state = saved as State;
    },
  };
}
