/** Plays the hooks of a run to callbacks in the trainer's order, without a trainer. */
import type { Callback, Logs, Stop, TrainState } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { fakeTrainContext, type FakeTrainContext } from './fake-train-context.js';

/** Ends a run after a step instead of letting it finish. An interrupted epoch has no end, as in the trainer. */
export interface Ending {
  /** `nonFinite`: the step reports a loss that is NaN, which is a failure unless a hook then asks to stop. */
  readonly as: 'interrupted' | 'failed' | 'nonFinite';
  readonly epoch: number;
  readonly batch: number;
  /** What failed. Default: an `Error` named after the ending. */
  readonly error?: unknown;
}

export interface RunScript {
  /** What each epoch reports, in order; as many epochs as there are logs. An epoch with `val_` names also plays the test hooks. */
  readonly logs: readonly Logs[];
  /** Default: `fakeTrainContext` with as many epochs as logs and, as metrics, every name in them (smaller is better). */
  readonly context?: FakeTrainContext;
  readonly ending?: Ending;
  /** The epoch to go on at, after a restart: those before are in the history. Default: 0, a new run. */
  readonly from?: number;
  /** What callbacks kept, by name: given between `check` and `onTrainBegin`, as the trainer does. */
  readonly states?: Readonly<Record<string, unknown>>;
  /** Called before the hooks of each epoch's end: the place to change parameters as training would. */
  readonly onEpoch?: (epoch: number, context: FakeTrainContext) => void;
}

/**
 * Calls `check` and then every hook as `fit` would: in list order, awaited, ending when something asked to stop. A failed run ends
 * with `onError` instead of `onTrainEnd`.
 *
 * @returns The context as the run left it; `context.epoch` is the last epoch played.
 * @example
 * const context = await playRun([earlyStopping()], { logs: [{ val_loss: 1 }, { val_loss: 2 }, { val_loss: 3 }] });
 * context.epoch; // 1: the second epoch did not improve
 */
export async function playRun(callbacks: readonly Callback[], script: RunScript): Promise<FakeTrainContext> {
  const { logs, ending, from = 0, states = {} } = script;
  const names = [...new Set(logs.flatMap((values) => Object.keys(values)))];
  const context =
    script.context ??
    fakeTrainContext({ epochs: logs.length, metrics: Object.fromEntries(names.map((name) => [name, { direction: 'min' as const }])) });

  const each = async (call: (callback: Callback) => unknown): Promise<void> => {
    for (const callback of callbacks) {
      context.caller = callback.name;
      await call(callback);
    }
    context.caller = undefined;
    const requests = context.requests.splice(0);
    for (const receive of requests) await receive(stateOf(context, callbacks));
  };
  /** What the script itself made fail. */
  let planned: unknown;
  const reached = (epoch: number, batch: number): boolean => ending !== undefined && epoch === ending.epoch && batch === ending.batch;

  const train = async (): Promise<void> => {
    for (let epoch = 0; epoch < from; epoch++) context.history.append({ epoch, logs: logs[epoch] });
    Object.assign(context, { epoch: from, step: from * context.stepsPerEpoch, resumed: from > 0 });
    await each((c) => c.onTrainBegin?.(context));
    for (let epoch = from; epoch < logs.length && context.stopping === null; epoch++) {
      context.epoch = epoch;
      const ofTraining = Object.fromEntries(Object.entries(logs[epoch]).filter(([name]) => !name.startsWith('val_')));
      await each((c) => c.onEpochBegin?.(epoch, context));
      for (let batch = 0; batch < context.stepsPerEpoch && context.stopping === null; batch++) {
        await each((c) => c.onTrainBatchBegin?.(batch, context));
        if (reached(epoch, batch) && ending!.as === 'nonFinite') {
          const error = (planned = nonFinite(context.step, epoch, batch));
          await each((c) => c.onNonFinite?.(error, context));
          if (context.stopping === null) throw error;
          break;
        }
        context.step++;
        context.batch = batch + 1;
        await each((c) => c.onTrainBatchEnd?.(batch, ofTraining, context));
        if (!reached(epoch, batch)) continue;
        if (ending!.as === 'failed') throw (planned = ending!.error ?? new Error('failed'));
        context.stopping = { reason: 'interrupted', message: 'SIGINT' } satisfies Stop;
      }
      if ((context.stopping as Stop | null)?.reason === 'interrupted') return each((c) => c.onInterrupt?.(context));
      const values = logs[epoch];
      if (Object.keys(values).some((name) => name.startsWith('val_'))) await test(values);
      script.onEpoch?.(epoch, context);
      context.history.append({ epoch, logs: values });
      context.batch = 0;
      await each((c) => c.onEpochEnd?.(epoch, values, context));
    }
  };
  const test = async (values: Logs): Promise<void> => {
    const own = Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => (name.startsWith('val_') ? [[name.slice(4), value]] : [])),
    );
    await each((c) => c.onTestBegin?.(context));
    await each((c) => c.onTestBatchBegin?.(0, context));
    await each((c) => c.onTestBatchEnd?.(0, own, context));
    await each((c) => c.onTestEnd?.(own, context));
  };

  for (const callback of callbacks) callback.check?.(context);
  for (const callback of callbacks) if (Object.hasOwn(states, callback.name)) callback.setState?.(states[callback.name]);
  try {
    await train();
    await each((c) => c.onTrainEnd?.(context.history.last, context));
  } catch (error) {
    context.stopping = { reason: 'failed', message: error instanceof Error ? error.message : String(error) };
    await each((c) => c.onError?.(error, context));
    if (error !== planned) throw error;
  }
  return context;
}

/** What the trainer would hand to those who ask for a snapshot. */
function stateOf(context: FakeTrainContext, callbacks: readonly Callback[]): TrainState {
  const { params, buffers, variables, step, epoch, batch, seed, epochs, history, stopping } = context;
  return {
    ...{ params, optimizer: context.optimizerState, buffers, variables, step, batch, seed, epochs, stopping },
    epoch: batch === 0 ? epoch + 1 : epoch,
    meter: { means: [], sums: {} },
    history: [...history.rows],
    hyperparameters: {},
    callbacks: Object.fromEntries(callbacks.flatMap((c) => (c.getState === undefined ? [] : [[c.name, c.getState()]]))),
    folder: null,
  };
}

const nonFinite = (step: number, epoch: number, batch: number): GradusError =>
  new GradusError('NON_FINITE_LOSS', { what: `The loss became NaN at step ${step}`, data: { step, epoch, batch, term: 'loss' } });
