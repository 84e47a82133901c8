/** Notices losses far above what they have been, step by step. */
import { checkOptions, oneOf, rules, type Callback, type Rule, type TrainContext } from '@gradus/core';
import { checkMonitor } from '../monitor.js';

/** A step whose loss stands out. */
export interface LossSpike {
  readonly step: number;
  readonly epoch: number;
  readonly batch: number;
  readonly value: number;
  /** The running mean and standard deviation before this step. */
  readonly mean: number;
  readonly deviation: number;
}

export interface LossSpikeDetectorOptions {
  /** A number reported at every step. Default: `loss`. */
  readonly monitor?: string;
  /** Standard deviations above the running mean that make a spike. Default: 6, which noise alone hardly ever reaches. */
  readonly threshold?: number;
  /** How much of the running mean stays at each step: from 0 to below 1. Default: 0.98, a mean over about 50 steps. */
  readonly decay?: number;
  /** Steps at the beginning that are only learned from. Default: 50. */
  readonly warmup?: number;
  /** Spikes in consecutive steps before anything is done. Default: 1. */
  readonly patience?: number;
  /** What is done: `emit` tells `onEvent` and the telemetry, `stop` asks to stop as well. Default: `emit`. */
  readonly action?: 'emit' | 'stop';
  /** Called too: the place to lower a rate. */
  readonly onSpike?: (spike: LossSpike, context: TrainContext) => void | Promise<void>;
  /** Needed only to use two of them in one run. Default: `lossSpikeDetector`. */
  readonly name?: string;
}

/** What survives a restart. */
interface State {
  readonly mean: number;
  readonly variance: number;
  readonly steps: number;
  /** Spikes in a row so far. */
  readonly row: number;
}

const decayRule: Rule = { expected: 'a number from 0 to below 1', accepts: (v) => typeof v === 'number' && v >= 0 && v < 1 };
const RULES = {
  monitor: rules.text,
  threshold: rules.positive,
  decay: decayRule,
  warmup: rules.positiveCount,
  patience: rules.positiveCount,
  action: oneOf('emit', 'stop'),
  onSpike: rules.method,
  name: rules.text,
};

/**
 * Keeps an exponential running mean and variance of the loss, with d = value - mean: mean' = mean + (1 - decay) d and
 * variance' = decay (variance + (1 - decay) d²). A loss above mean + `threshold` · deviation is a spike: it emits `loss_spike`, calls
 * `onSpike`, and with `action: 'stop'` asks to stop at that step. A spike enters the mean only up to that bound, so that a single one
 * does not hide the next, while a lasting rise is learned in the end. After losses that were all equal nothing stands out.
 *
 * Source of the recurrence: Finch, "Incremental calculation of weighted mean and variance" (2009).
 *
 * @throws `INVALID_ARGUMENT` for an unusable option; `UNKNOWN_METRIC` before training starts.
 * @example
 * lossSpikeDetector({ threshold: 8, onSpike: (_, context) => context.setHyperparameter('learningRate', 1e-4) });
 */
export function lossSpikeDetector(options: LossSpikeDetectorOptions = {}): Callback {
  checkOptions('lossSpikeDetector', options, RULES);
  const { monitor = 'loss', threshold = 6, decay = 0.98, warmup = 50, patience = 1, action = 'emit', onSpike } = options;
  const { name = 'lossSpikeDetector' } = options;
  const fresh: State = { mean: 0, variance: 0, steps: 0, row: 0 };
  let state = fresh;

  return {
    name,

    check({ metrics }) {
      checkMonitor(name, monitor, metrics);
      state = fresh;
    },

    onTrainBatchEnd(batch, logs, context) {
      const value = logs[monitor];
      // A metric of statistics may be undefined for a batch.
      if (value === undefined || !Number.isFinite(value)) return;
      const { mean, variance, steps } = state;
      const deviation = Math.sqrt(variance);
      const bound = mean + threshold * deviation;
      const spike = steps >= warmup && variance > 0 && value > bound;
      const d = steps === 0 ? 0 : (spike ? bound : value) - mean;
      state = {
        mean: steps === 0 ? value : mean + (1 - decay) * d,
        variance: decay * (variance + (1 - decay) * d * d),
        steps: steps + 1,
        row: spike ? state.row + 1 : 0,
      };
      if (!spike || state.row < patience) return;
      const { step, epoch } = context;
      const found: LossSpike = { step, epoch, batch, value, mean, deviation };
      context.emit('loss_spike', { ...found });
      if (action === 'stop') {
        context.stop(`${monitor} jumped to ${format(value)} at step ${step}; it had been ${format(mean)} ± ${format(deviation)}.`);
      }
      return onSpike?.(found, context);
    },

    getState: () => state,

    setState(saved) {
      state = saved as State;
    },
  };
}

const format = (value: number): string => String(Number(value.toPrecision(4)));
