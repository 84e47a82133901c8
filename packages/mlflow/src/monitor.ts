/** Follows a training in MLflow: what it was asked, what it reports, what it leaves, and how it ends. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkOptions, type BackgroundWork, type Callback, type Logs, type TrainContext, type TrainState } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import type { RunStatus, SpanGiven } from 'mlflow-js-client';
import { datasetsOf } from './datasets.js';
import { logModel } from './logged-model.js';
import { modelPicture } from './model-picture.js';
import { RULES, type MonitorOptions } from './monitor-options.js';
import { newKey, openRun, patienceOf } from './open-run.js';
import { originTags } from './origin.js';
import { paramsOf } from './run-params.js';
import { seriesOf } from './series.js';
import { SPAN_EVENT } from './traced.js';
import { TrainingTraces } from './training-traces.js';
import { SystemMetrics } from './system-metrics.js';
import type { TrackedRun } from './tracked-run.js';

/** Which run of the spool this is: all that must be remembered, since the spool remembers the rest. */
interface State {
  readonly key: string | null;
}

/** Seconds between two looks at the machine, as in MLflow. */
const LOOK_EVERY_S = 10;

/**
 * One run of MLflow for each `fit`.
 *
 * | series | step | names |
 * |---|---|---|
 * | of epochs | the epoch, from 0 | those of the history: `loss`, `val_loss`, …; `hyperparameter/<name>` |
 * | of steps, with `logSteps` | the optimizer step, from 1 | `batch/<name>` |
 * | of the machine, with `systemMetrics` | looks, from 0 | MLflow's own: `system/cpu_utilization_percentage`, … |
 *
 * Everything goes into a spool on the disk first, and from there to the server in the background. A server that is slow, refuses or is gone
 * costs training nothing: one message, and `npx mlflow-spool sync` delivers the rest later, once. (Points of steps wait up to 0.1 s
 * for others before the disk has them; a snapshot waits for none.)
 *
 * A run that goes on after a crash, by `backupAndRestore` or `trainer.restore`, goes on in the same run of MLflow: steps that happen again
 * are not logged again. No failure of tracking ends a training; failures are counted and told at the end.
 *
 * Evaluations and predictions outside of `fit` are not tracked.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option, or for a metric of the model named `batch/…` or `system/…`.
 * @example
 * await trainer.fit(data, { epochs: 10, callbacks: [monitor({ trackingUri: 'http://localhost:5000', logSteps: true })] });
 */
export function monitor(options: MonitorOptions = {}): Callback {
  checkOptions('monitor', options, RULES);
  const { logSteps = false, name = 'monitor' } = options;
  const stride = Number(logSteps);
  const lookEvery = options.systemMetrics === true ? LOOK_EVERY_S : Number(options.systemMetrics ?? false);
  let key: string | null = null;
  let run: TrackedRun | null = null;
  let system: SystemMetrics | null = null;
  let traces: TrainingTraces | null = null;
  /** Whether the run of this key is one of MLflow. */
  let begun = false;

  const open = ({ folder, model, step, epoch }: TrainContext): Promise<TrackedRun | null> =>
    openRun(options, {
      key: key!,
      experimentName: model.name,
      runName: folder === null ? model.name : `${model.name} ${basename(folder)}`,
      after: { batch: step, epoch: epoch - 1 },
    });

  const leave = async ({ history, variables, folder }: TrainContext): Promise<void> => {
    await run?.attempt('history', (spooled) => spooled.logContent(json(history.rows), 'history.json'));
    if (Object.keys(variables).length > 0)
      await run?.attempt('variables', (spooled) => spooled.logContent(json(variables), 'variables.json'));
    if (options.checkpoints !== true || folder === null) return;
    const checkpoints = join(folder, 'checkpoints');
    await run?.attempt('checkpoints', async (spooled) => {
      if (existsSync(checkpoints)) await spooled.logArtifacts(checkpoints, 'checkpoints');
    });
  };

  const end = async (status: RunStatus, facts: Readonly<Record<string, string>>): Promise<void> => {
    const ending = run;
    if (ending === null) return;
    traces?.end();
    await ending.attempt('system metrics', () => system?.stop());
    run = system = traces = null;
    await ending.attempt('tags', (spooled) => spooled.setTags(facts));
    await ending.end(status, patienceOf(options));
  };

  return {
    name,

    check({ metrics }) {
      run = null;
      begun = false;
      key = newKey();
      const taken = Object.keys(metrics).find((metric) => seriesOf(metric) !== 'epoch');
      if (taken === undefined) return;
      throw new GradusError('INVALID_ARGUMENT', {
        what: `${name} has series of its own under 'batch/' and 'system/'`,
        received: `a metric named '${taken}'`,
        expected: 'another name',
        fix: 'Rename the metric in the model.',
      });
    },

    async onTrainBegin(context) {
      key ??= newKey();
      run = await open(context);
      begun = run !== null;
      await run?.attempt('params', async (spooled) =>
        spooled.logParams(paramsOf(context, await context.fingerprint(), options.params ?? {})),
      );
      await run?.attempt('datasets', async (spooled) => {
        const { training = context.model.name, validation = `${context.model.name} validation` } = options.datasets ?? {};
        spooled.logInputs({ datasets: datasetsOf(await context.fingerprint(), { training, validation }) });
      });
      await run?.attempt('picture', (spooled) => spooled.logContent(modelPicture(context.model.name, context.params), 'model.svg'));
      const { resumes } = run?.written ?? {};
      await run?.attempt('tags', async (spooled) =>
        spooled.setTags({
          ...(await originTags()),
          ...(options.description !== undefined && { 'mlflow.note.content': options.description }),
          'gradus.resumes': String(resumes),
          ...(context.folder !== null && { 'gradus.folder': context.folder }),
          ...options.tags,
        }),
      );
      if (run !== null && options.traces === true) {
        const { written, key: of } = run;
        traces = new TrainingTraces(context.model.name, of, written.resumes, (trace) => {
          if (!written.traces.has(trace.traceId)) void run?.attempt('trace', (spooled) => void spooled.logTrace(trace));
        });
      }
      if (run !== null && lookEvery > 0) {
        const { lastSystemStep } = run.written;
        let look = lastSystemStep;
        system = new SystemMetrics(lookEvery * 1000, (values) => run?.log('system', ++look, values));
      }
    },

    ...(stride > 0 && {
      onTrainBatchEnd(_batch: number, logs: Logs, { step }: TrainContext) {
        if (step % stride === 0) run?.log('batch', step, prefixed('batch', logs));
      },
    }),

    ...(options.traces === true && {
      onEpochBegin: (epoch: number) => traces?.epochBegin(epoch),
      onTestBegin: () => traces?.testBegin(),
      onTestEnd: (logs: Logs) => traces?.testEnd(logs),
      onEvent: (event: string, payload: Readonly<Record<string, unknown>>) =>
        event === SPAN_EVENT ? traces?.add(payload as unknown as SpanGiven) : undefined,
      onBackgroundEnd: (work: BackgroundWork) => traces?.backgroundEnd(work),
    }),

    onEpochEnd(epoch, logs, { hyperparameters, step }) {
      run?.log('epoch', epoch, { ...logs, ...prefixed('hyperparameter', hyperparameters) });
      run?.flush();
      traces?.epochEnd(logs, step);
    },

    onTrainEnd(_logs, context) {
      const { stopping, epochs } = context;
      const status = stopping?.reason === 'interrupted' ? 'KILLED' : 'FINISHED';
      const finish = async (state: TrainState): Promise<void> => {
        await leave(context);
        if (status === 'FINISHED' && options.model !== undefined && run !== null) await logModel(run, context.model, state, options.model);
        await end(status, { 'gradus.stop': stopping?.message ?? `All ${epochs} epochs are done.` });
      };
      // After what other callbacks still write.
      context.snapshot(
        (state) => {
          const trained = { ...state, params: context.evaluationParams };
          void context.background(() => finish(trained));
        },
        { last: true },
      );
    },

    onError(error, context) {
      traces?.fail(error);
      // After what is still being saved.
      void context.background(async () => {
        // What failed may have been the end of the run, in a callback after this one.
        run ??= begun ? await open(context) : null;
        await end('FAILED', { 'gradus.error': error instanceof Error ? error.message : String(error) });
      });
    },

    getState: (): State => {
      // A backup on the disk must not remember points that a loss of power takes from the spool.
      run?.sync();
      return { key };
    },

    setState(saved) {
      ({ key } = saved as State);
    },
  };
}

function prefixed(prefix: string, values: Logs): Record<string, number> {
  const named: Record<string, number> = {};
  for (const name in values) named[`${prefix}/${name}`] = values[name];
  return named;
}

/** Numbers that JSON does not have as text, rather than as nothing. */
const json = (value: unknown): string =>
  `${JSON.stringify(value, (_key, item: unknown) => (typeof item === 'number' && !Number.isFinite(item) ? String(item) : item), 2)}\n`;
