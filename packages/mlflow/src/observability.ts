/** One configuration for many trainings. */
import type { Trainer } from '@gradus/core';
import type { SpooledRun } from 'mlflow-js-client/node';
import { monitor } from './monitor.js';
import type { MonitorOptions } from './monitor-options.js';
import { patienceOf } from './open-run.js';
import { openParentRun, type ParentRun } from './parent-run.js';

export interface Observability {
  /** Makes a monitor of this configuration; `more` wins over it. */
  monitor(more?: MonitorOptions): ReturnType<typeof monitor>;
  /** Follows every later `fit` of a trainer: its own callbacks come after the monitor. @returns the trainer itself. */
  watch<T extends Trainer>(trainer: T, more?: MonitorOptions): T;
  /**
   * Opens a run, the parent, for a sweep or a training in phases, and does `work`, whose runs are nested in it. The parent ends with it: `FINISHED`,
   * or `FAILED` where it throws, which is passed on. No server is needed, and nothing here fails for one. Its experiment is
   * `experimentName` of this configuration, else that of the environment, else `Default`; its children are in the same.
   *
   * @param parent Its name, or more of it.
   * @returns what `work` returns.
   * @throws `INVALID_ARGUMENT` for a parent that cannot be used, before `work`.
   * @example
   * const { nested } = enableObservability({ trackingUri: 'http://localhost:5000', experimentName: 'digits' });
   * await nested('sweep', async ({ monitor }) => {
   *   for (const learningRate of [0.1, 0.01]) {
   *     const trainer = new Trainer({ model, optimizer: sgd({ learningRate }) });
   *     await trainer.fit(data, { epochs: 10, callbacks: [monitor({ runName: `rate ${learningRate}` })] });
   *   }
   * });
   */
  nested<R>(parent: string | ParentRun, work: (children: NestedRuns) => R | Promise<R>): Promise<R>;
}

/** The same configuration, for runs that are nested in a parent. */
export interface NestedRuns extends Observability {
  /** The parent: for params, metrics and files of the whole. `null` where the spool cannot be made, which a message has told. */
  readonly run: SpooledRun | null;
}

/**
 * Runs and traces of every training of the trainers that are given to it. There is no switch for all trainers of a process: what a trainer
 * does is decided where the trainer is made, and nowhere else.
 *
 * @param options Of `monitor`; `traces` is on here.
 * @throws `INVALID_ARGUMENT` for an unusable option.
 * @example
 * const { watch } = enableObservability({ trackingUri: 'http://localhost:5000', experimentName: 'digits' });
 * const trainer = watch(new Trainer({ model, optimizer: 'adam' }));
 * await trainer.fit(data, { epochs: 10 });
 */
export function enableObservability(options: MonitorOptions = {}): Observability {
  const make = (more: MonitorOptions = {}): ReturnType<typeof monitor> => monitor({ traces: true, ...options, ...more });
  make();
  return {
    monitor: make,
    watch(trainer, more) {
      const callback = make(more);
      const fit = trainer.fit.bind(trainer);
      trainer.fit = (data, settings = {}) => fit(data, { ...settings, callbacks: [callback, ...(settings.callbacks ?? [])] });
      return trainer;
    },
    async nested(given, work) {
      const parent = await openParentRun(options, typeof given === 'string' ? { runName: given } : given);
      // A run that the server has is the parent, and not each of its children too.
      const { runId: _, ...more } = options;
      const children = enableObservability({ ...more, ...(parent !== null && { parent: parent.key }) });
      try {
        const result = await work({ ...children, run: parent?.spooled ?? null });
        await parent?.end('FINISHED', patienceOf(options));
        return result;
      } catch (error) {
        await parent?.attempt('tags', (run) => run.setTags({ 'gradus.error': error instanceof Error ? error.message : String(error) }));
        await parent?.end('FAILED', patienceOf(options));
        throw error;
      }
    },
  };
}
