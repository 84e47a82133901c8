/** Stops training when a metric no longer improves, or is good enough; can put the best parameters back. */
import { checkOptions, rules, type Callback, type Direction, type TrainContext } from '@gradus/core';
import { improves as better, MONITOR_RULES, resolveDirection, type MonitorOptions } from '../monitor.js';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement to wait for; 0 and 1 both stop at the first. Default: 0. */
  readonly patience?: number;
  /** An improvement must be larger than this, in the metric's unit. Default: 0. */
  readonly minDelta?: number;
  /** Improvements that stay behind this value do not refill the patience. Default: `null`, all of them do. */
  readonly baseline?: number | null;
  /** Stop as soon as the metric is this good. Default: `null`, never. */
  readonly stopAt?: number | null;
  /** Epochs (counted from 0) before this one are not looked at: warm-up. Default: 0. */
  readonly startFromEpoch?: number;
  /**
   * Put the parameters, buffers and variables of the best epoch back when training ends, also at its natural end or after an interrupt.
   * They are part of the callback's state, so a checkpoint grows by them. Default: `false`.
   */
  readonly restoreBest?: boolean;
  /** Needed only to use two of them in one run. Default: `earlyStopping`. */
  readonly name?: string;
}

export interface EarlyStopping extends Callback {
  /** The best value so far, or `null` before the first. */
  readonly best: number | null;
  /** Its epoch, from 0. */
  readonly bestEpoch: number | null;
}

/** What survives a restart. */
interface State {
  readonly wait: number;
  readonly best: number | null;
  readonly bestEpoch: number | null;
  /** What the model was at the best epoch, with `restoreBest`. */
  readonly values: Pick<TrainContext, 'params' | 'buffers' | 'variables'> | null;
  /** The last epoch (as a number, from 1) whose value was not finite, since the best. */
  readonly odd: { readonly value: number; readonly epoch: number } | null;
}

const FRESH: State = { wait: 0, best: null, bestEpoch: null, values: null, odd: null };

const RULES = {
  ...MONITOR_RULES,
  patience: rules.count,
  baseline: rules.finiteOrNull,
  stopAt: rules.finiteOrNull,
  startFromEpoch: rules.count,
  restoreBest: rules.flag,
  name: rules.text,
};

/**
 * Stops at the end of an epoch when `monitor` has not improved for `patience` epochs, or has reached `stopAt`.
 *
 * A value `v` improves on the best `b` when `v + minDelta < b` (smaller is better) or `v - minDelta > b` (larger is better): strictly.
 * - An epoch that did not report the metric (no validation that epoch) neither improves nor uses up patience.
 * - A NaN or infinite value is no improvement, and the reason to stop mentions it. (The trainer itself ends a run whose training
 *   loss is not finite.)
 * - `stopAt` is tested after the best is recorded, so the epoch that reaches it is the best one, however small the step to it.
 * - After a restart it goes on as if there had been none. Where the run before it had no `restoreBest`, the best parameters are unknown,
 *   and the best is looked for anew.
 *
 * The rules are those of `keras.callbacks.EarlyStopping`, with `stopAt` added.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option; before training starts `UNKNOWN_METRIC` for a metric that the run does not report,
 * `UNKNOWN_DIRECTION` when `auto` finds no direction, `DIRECTION_CONFLICT` when `mode` contradicts the direction that the model declares
 * and `allowInverted` is not given.
 * @example
 * await trainer.fit(data, { epochs: 100, validationData, callbacks: [earlyStopping({ patience: 3, restoreBest: true })] });
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  checkOptions('earlyStopping', options, RULES);
  const { monitor = 'val_loss', patience = 0, minDelta = 0, baseline = null, stopAt = null } = options;
  const { startFromEpoch = 0, restoreBest = false, name = 'earlyStopping' } = options;

  let direction: Direction = 'min';
  let state = FRESH;

  const improves = (value: number, on: number | null): boolean => better(direction, minDelta, value, on);
  const reaches = (value: number): boolean =>
    stopAt !== null && Number.isFinite(value) && (direction === 'min' ? value <= stopAt : value >= stopAt);

  return {
    name,

    get best() {
      return state.best;
    },

    get bestEpoch() {
      return state.bestEpoch;
    },

    check({ metrics }) {
      direction = resolveDirection(name, options, metrics);
      state = FRESH;
    },

    onEpochEnd(epoch, logs, context) {
      const value = logs[monitor];
      if (value === undefined || epoch < startFromEpoch) return;
      const goal = reaches(value);
      if (goal || improves(value, state.best)) {
        const wait = baseline === null || improves(value, baseline) ? 0 : state.wait + 1;
        const { params, buffers, variables } = context;
        state = { wait, best: value, bestEpoch: epoch, values: restoreBest ? { params, buffers, variables } : null, odd: null };
        if (goal) context.stop(`${monitor} reached ${format(value)} (asked for: ${format(stopAt!)}).`);
        return;
      }
      state = { ...state, wait: state.wait + 1, odd: Number.isFinite(value) ? state.odd : { value, epoch: epoch + 1 } };
      if (state.wait < patience || epoch === 0) return;
      const { wait, best, bestEpoch, odd } = state;
      const since =
        best === null
          ? `${monitor} has had no finite value in ${epochs(wait)}`
          : `${monitor} has not improved on ${format(best)} (epoch ${bestEpoch! + 1} of ${context.epochs}) in ${epochs(wait)}`;
      context.stop(odd === null ? `${since}.` : `${since}; it was ${odd.value} in epoch ${odd.epoch}.`);
    },

    onTrainEnd(_logs, context) {
      if (!restoreBest || state.values === null) return;
      context.setParams(state.values.params);
      context.setBuffers(state.values.buffers);
      context.setVariables(state.values.variables);
    },

    getState: () => state,

    setState(saved) {
      const known = saved as State;
      state = restoreBest && known.best !== null && known.values === null ? FRESH : known;
    },
  };
}

const format = (value: number): string => String(Number(value.toPrecision(6)));
const epochs = (n: number): string => (n === 1 ? '1 epoch' : `${n} epochs`);
