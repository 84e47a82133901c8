/** One configuration for many trainings. */
import type { Trainer } from '@gradus/core';
import { monitor } from './monitor.js';
import type { MonitorOptions } from './monitor-options.js';

export interface Observability {
  /** Makes a monitor of this configuration; `more` wins over it. */
  monitor(more?: MonitorOptions): ReturnType<typeof monitor>;
  /** Follows every later `fit` of a trainer: its own callbacks come after the monitor. @returns the trainer itself. */
  watch<T extends Trainer>(trainer: T, more?: MonitorOptions): T;
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
  };
}
