/** Stops training when too few samples still get an answer: for models whose results may be undefined. */
import { checkOptions, rules, type Callback, type Rule } from '@gradus/core';
import { checkMonitor } from '../monitor.js';

export interface CoverageStopOptions {
  /** The metric: the share of samples with a result, from 0 to 1. Default: `coverage`. */
  readonly monitor?: string;
  /** Below this an epoch is bad: from 0 to 1; 0 never stops. Default: 0.95. */
  readonly threshold?: number;
  /** Bad epochs in a row before training stops. Default: 3. */
  readonly patience?: number;
  /** Needed only to use two of them in one run. Default: `coverageStop`. */
  readonly name?: string;
}

/** What survives a restart. */
interface State {
  readonly badEpochs: number;
  /** What the last step of the running epoch reported, `null` before the first. */
  readonly last: number | null;
}

const share: Rule = { expected: 'a number from 0 to 1', accepts: (v) => typeof v === 'number' && v >= 0 && v <= 1 };
const RULES = { monitor: rules.text, threshold: share, patience: rules.positiveCount, name: rules.text };

/**
 * Arithmetic in which division may fail gives some samples no result. A model that learns to divide by zero everywhere has a small loss
 * over the few that are left; its coverage tells.
 *
 * - An epoch is bad when its last step reported less than `threshold`: the state that the epoch ended with, not the mean over it. A
 *   metric that steps do not report, such as `val_coverage`, is taken from the epoch.
 * - An epoch that did not report it, or reported NaN, is neither bad nor good.
 * - Bad epochs are counted over calls of `fit`, too.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option; before training starts `UNKNOWN_METRIC`, unless `threshold` is 0.
 * @example
 * await trainer.fit(data, { epochs: 100, callbacks: [coverageStop({ threshold: 0.9, patience: 5 })] });
 */
export function coverageStop(options: CoverageStopOptions = {}): Callback {
  checkOptions('coverageStop', options, RULES);
  const { monitor = 'coverage', threshold = 0.95, patience = 3, name = 'coverageStop' } = options;
  let state: State = { badEpochs: 0, last: null };

  return {
    name,

    check({ metrics }) {
      if (threshold > 0) checkMonitor(name, monitor, metrics);
    },

    onTrainBatchEnd(_batch, logs) {
      state = { ...state, last: logs[monitor] ?? null };
    },

    onEpochEnd(epoch, logs, context) {
      const value = state.last ?? logs[monitor] ?? NaN;
      const badEpochs = Number.isNaN(value) ? state.badEpochs : value < threshold ? state.badEpochs + 1 : 0;
      state = { badEpochs, last: null };
      if (badEpochs < patience) return;
      const since = badEpochs === 1 ? '1 epoch' : `${badEpochs} epochs in a row`;
      context.stop(`${monitor} was ${Number(value.toPrecision(4))} at the end of epoch ${epoch + 1}: below ${threshold} for ${since}.`);
    },

    getState: () => state,

    setState(saved) {
      state = saved as State;
    },
  };
}
