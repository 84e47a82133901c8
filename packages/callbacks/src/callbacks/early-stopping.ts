/** Stops training when a metric no longer improves, or is good enough; can put the best parameters back. */
import { checkOptions, rules, type Callback, type Direction, type Params } from '@gradus/core';
import { GradusError } from '@gradus/graph';
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
  /** Put the parameters and buffers of the best epoch back when training ends, also at its natural end or after an interrupt. Default: `false`. */
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

/** What survives a restart. Parameters are not in it: see `earlyStopping`. */
interface State {
  readonly wait: number;
  readonly best: number | null;
  readonly bestEpoch: number | null;
}

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
 * - The best parameters are kept in memory only. After a restart the best value is known but its parameters are not: until the metric
 *   improves again `restoreBest` leaves the parameters alone and warns with `BEST_NOT_RESTORED`.
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
  const fresh: State = { wait: 0, best: null, bestEpoch: null };

  let direction: Direction = 'min';
  let state = fresh;
  let bestValues: { readonly params: Params; readonly buffers: Params } | null = null;
  /** The last epoch (as a number, from 1) whose value was not finite, since the best. */
  let odd: { readonly value: number; readonly epoch: number } | null = null;
  let resumed = false;

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
      resolveDirection(name, options, metrics);
    },

    onTrainBegin({ metrics }) {
      direction = resolveDirection(name, options, metrics);
      if (!resumed) state = fresh;
      resumed = false;
      bestValues = null;
      odd = null;
    },

    onEpochEnd(epoch, logs, context) {
      const value = logs[monitor];
      if (value === undefined || epoch < startFromEpoch) return;
      const goal = reaches(value);
      if (goal || improves(value, state.best)) {
        const wait = baseline === null || improves(value, baseline) ? 0 : state.wait + 1;
        state = { wait, best: value, bestEpoch: epoch };
        if (restoreBest) bestValues = { params: context.params, buffers: context.buffers };
        odd = null;
        if (goal) context.stop(`${monitor} reached ${format(value)} (asked for: ${format(stopAt!)}).`);
        return;
      }
      state = { ...state, wait: state.wait + 1 };
      if (!Number.isFinite(value)) odd = { value, epoch: epoch + 1 };
      if (state.wait < patience || epoch === 0) return;
      const { wait, best, bestEpoch } = state;
      const since =
        best === null
          ? `${monitor} has had no finite value in ${epochs(wait)}`
          : `${monitor} has not improved on ${format(best)} (epoch ${bestEpoch! + 1} of ${context.epochs}) in ${epochs(wait)}`;
      context.stop(odd === null ? `${since}.` : `${since}; it was ${odd.value} in epoch ${odd.epoch}.`);
    },

    onTrainEnd(_logs, context) {
      if (!restoreBest || state.best === null) return;
      if (bestValues !== null) {
        context.setParams(bestValues.params);
        context.setBuffers(bestValues.buffers);
        return;
      }
      const warning = new GradusError('BEST_NOT_RESTORED', {
        what: `${name} cannot put the best parameters back`,
        received: `a best ${monitor} of ${format(state.best)} from before the restart, whose parameters are not kept`,
        expected: `a better ${monitor} after the restart`,
        fix: 'The parameters are those of the last step.',
      });
      process.emitWarning(warning.message, { code: warning.code });
    },

    getState: () => state,

    setState(saved) {
      state = saved as State;
      resumed = true;
    },
  };
}

const format = (value: number): string => String(Number(value.toPrecision(6)));
const epochs = (n: number): string => (n === 1 ? '1 epoch' : `${n} epochs`);
