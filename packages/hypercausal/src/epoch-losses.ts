/** Callback: the terms of the loss before and after each epoch's update, and the best epoch so far. */
import type { Callback, Logs } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import type { SequenceLosses } from './sequence-losses.js';

/** Written to telemetry as it is, hence the names. */
export interface EpochRecord {
  readonly epoch: number;
  readonly loss_before: SequenceLosses;
  readonly loss_after: SequenceLosses;
}

export interface BestEpoch extends SequenceLosses {
  readonly epoch: number;
}

export interface EpochLosses extends Callback {
  /** One per finished epoch. */
  readonly records: readonly EpochRecord[];
  /** Losses at the start of the running epoch, or of the last one; `null` before the first. */
  readonly before: SequenceLosses | null;
  /** The first epoch of the smallest total after its update; `null` before the end of the first. */
  readonly best: BestEpoch | null;
}

/** The four terms from what a sequence model reports. */
export const lossesOf = (logs: Logs, prefix: '' | 'val_' = ''): SequenceLosses => ({
  task: logs[`${prefix}task`],
  cons: logs[`${prefix}cons`],
  coh: logs[`${prefix}coh`],
  total: logs[`${prefix}loss`],
});

/**
 * Evaluates the loss when an epoch begins, and takes the validation's results as the loss after it: give `fit` the training
 * sequence as validation data, validated after every epoch. Put this after callbacks that change the model at the beginning of
 * an epoch (depth, rates), since the loss before is that of the changed model.
 *
 * @throws `VALIDATION_REQUIRED` before the run without validation data or with a model that does not report the four terms.
 * @example
 * const losses = epochLosses();
 * await trainer.fit(sequence, { validationData: sequence, callbacks: [depthScheduler({ start: 1, end: 3 }), losses] });
 * losses.best; // { epoch, task, cons, coh, total }
 */
export function epochLosses(): EpochLosses {
  let records: EpochRecord[] = [];
  let before: SequenceLosses | null = null;
  let best: BestEpoch | null = null;
  return {
    name: 'epoch-losses',
    get records() {
      return records;
    },
    get before() {
      return before;
    },
    get best() {
      return best;
    },
    check({ metrics }) {
      const absent = ['val_loss', 'val_task', 'val_cons', 'val_coh'].find((name) => !(name in metrics));
      if (absent !== undefined) throw validationRequired(absent);
    },
    async onEpochBegin(_epoch, context) {
      // A run that goes on in the middle of an epoch knows it.
      if (context.batch === 0) before = lossesOf(await context.evaluate());
    },
    onEpochEnd(epoch, logs) {
      if (!('val_loss' in logs)) throw validationRequired('val_loss');
      const after = lossesOf(logs, 'val_');
      records.push({ epoch, loss_before: before!, loss_after: after });
      if (best === null || after.total < best.total) best = { epoch, ...after };
    },
    getState: () => ({ records: [...records], before, best }),
    setState(state) {
      const saved = state as {
        readonly records: readonly EpochRecord[];
        readonly before: SequenceLosses | null;
        readonly best: BestEpoch | null;
      };
      records = [...saved.records];
      ({ before, best } = saved);
    },
  };
}

const validationRequired = (absent: string): GradusError =>
  new GradusError('VALIDATION_REQUIRED', {
    what: `Callback 'epoch-losses' needs '${absent}' after every epoch`,
    expected: 'a sequence model that is validated after every epoch',
    fix: 'Give fit(…, { validationData }) the training sequence, without a validationFrequency.',
  });
