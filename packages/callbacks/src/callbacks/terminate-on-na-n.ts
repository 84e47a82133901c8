/** Ends a run whose numbers are no longer finite, with parameters that still are. */
import { checkOptions, listNames, oneOf, rules, type Callback, type TrainContext } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { checkMonitor } from '../monitor.js';

export interface TerminateOnNaNOptions {
  /**
   * `stop` asks to stop, so that the run ends as one that was stopped: history, hooks and files are closed in order. `raise` fails it.
   * Default: `stop`.
   */
  readonly action?: 'stop' | 'raise';
  /** Metrics of epochs that must be finite. Default: `loss` and `val_loss`, where they are reported. */
  readonly monitor?: readonly string[];
  /** Needed only to use two of them in one run. Default: `terminateOnNaN`. */
  readonly name?: string;
}

const RULES = { action: oneOf('stop', 'raise'), monitor: rules.texts, name: rules.text };

/** What the model was at the end of an epoch at which everything was finite; epoch `null` is before the first. */
interface Good extends Pick<TrainContext, 'params' | 'buffers' | 'variables'> {
  readonly epoch: number | null;
}

/**
 * The trainer itself fails with `NON_FINITE_LOSS` as soon as a step reports a loss that is not finite, and keeps the state before that
 * step. This callback adds to it:
 *
 * - With `action: 'stop'` that is no failure but a stop.
 * - A finite loss may have a gradient that is not, and then the state before the bad step is bad already: parameters that are not finite
 *   are replaced by those of the last epoch that ended well (or the initial ones), buffers and variables with them. The optimizer's own
 *   state is not. They are part of the callback's state, so a checkpoint grows by them.
 * - The metrics in `monitor` and all parameters are looked at when an epoch ends; `val_loss` is checked nowhere else.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option; before training starts `UNKNOWN_METRIC`; with `action: 'raise'` `NON_FINITE_LOSS` at an
 * epoch's end, as the cause of `CALLBACK_FAILED`.
 * @example
 * const { stop } = await trainer.fit(data, { epochs: 10, callbacks: [terminateOnNaN()] });
 */
export function terminateOnNaN(options: TerminateOnNaNOptions = {}): Callback {
  checkOptions('terminateOnNaN', options, RULES);
  const { action = 'stop', monitor, name = 'terminateOnNaN' } = options;
  let good: Good | null = null;

  const keep = ({ params, buffers, variables }: TrainContext, epoch: number | null): Good => ({ params, buffers, variables, epoch });
  const restore = (context: TrainContext): string => {
    const { params, buffers, variables, epoch } = good!;
    context.setParams(params);
    context.setBuffers(buffers);
    context.setVariables(variables);
    return epoch === null ? 'The initial parameters are put back.' : `The parameters of epoch ${epoch + 1} are put back.`;
  };

  return {
    name,

    check({ metrics }) {
      for (const metric of monitor ?? []) checkMonitor(name, metric, metrics);
      good = null;
    },

    onTrainBegin(context) {
      good ??= keep(context, null);
    },

    onNonFinite({ data }, context) {
      const bad = nonFiniteParameters(context);
      const found = `${String(data.term)} was not finite at step ${String(data.step)} (epoch ${context.epoch + 1} of ${context.epochs}).`;
      const kept = bad.length > 0 ? restore(context) : 'The parameters are those before it.';
      if (action === 'stop') context.stop(`${found} ${kept}`);
    },

    onEpochEnd(epoch, logs, context) {
      const metrics = (monitor ?? ['loss', 'val_loss']).filter((metric) => logs[metric] !== undefined && !Number.isFinite(logs[metric]));
      const bad = [...metrics, ...nonFiniteParameters(context)];
      if (bad.length === 0) {
        good = keep(context, epoch);
        return;
      }
      // A stop at a step has put the parameters back already; its epoch may have no loss at all.
      if (context.stopping?.by === name) return;
      const kept = restore(context);
      const found = `${listNames(bad)} ${bad.length === 1 ? 'was' : 'were'} not finite at the end of epoch ${epoch + 1} of ${context.epochs}`;
      if (action === 'stop') return context.stop(`${found}. ${kept}`);
      throw new GradusError('NON_FINITE_LOSS', {
        what: found,
        received: metrics.length === 0 ? 'parameters that are not finite' : `${metrics[0]} ${logs[metrics[0]]}`,
        expected: 'finite numbers',
        fix: `${kept} Lower the learning rate or clip gradients.`,
        data: { epoch, step: context.step, term: bad[0] },
      });
    },

    getState: () => good,

    setState(saved) {
      good = saved as Good | null;
    },
  };
}

const nonFiniteParameters = ({ params }: TrainContext): string[] =>
  Object.keys(params).filter((name) => !(params[name].data as Float64Array).every(Number.isFinite));
