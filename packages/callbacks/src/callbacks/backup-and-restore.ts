/** Backs up everything while training goes on, so that a run that was cut off goes on from there, to the same bits. */
import { rename } from 'node:fs/promises';
import { CheckpointDirectory, requireFingerprint, type ResumePoint } from '@gradus/checkpoint';
import { checkOptions, oneOf, rules, type Callback, type TrainContext, type TrainState } from '@gradus/core';
import { isGradusError } from '@gradus/graph';
import { cadence, Due, isByEpoch, type Cadence } from '../cadence.js';
import { locate, place } from '../place.js';

export interface BackupAndRestoreOptions {
  /** A folder for the backups of this run alone: text is a place inside the working directory, a `file:` URL a place anywhere. */
  readonly directory: string | URL;
  /**
   * How often: `{ epochs: n }`, `{ steps: n }`, or at the first step after `{ minutes: n }`. On Ctrl-C and SIGTERM there is one more.
   * Default: `{ epochs: 1 }`.
   */
  readonly every?: Cadence;
  /** Fields in which this run may differ from the one that was cut off: `['epochs']` to train longer. Default: none. */
  readonly allow?: readonly string[];
  /** What to do with backups of another run: refuse, or put them aside and begin anew. Default: `refuse`. */
  readonly onMismatch?: 'refuse' | 'restart';
  /** Keep the last backup when training ends well; the next run begins anew all the same. Default: `false`. */
  readonly keep?: boolean;
  /** Take the directory from a run on another machine, of which you know that it has ended. Default: `false`. */
  readonly takeOver?: boolean;
  /** Needed only to use two of them in one run. Default: `backupAndRestore`. */
  readonly name?: string;
}

const RULES = {
  directory: place,
  every: cadence,
  allow: rules.texts,
  onMismatch: oneOf('refuse', 'restart'),
  keep: rules.flag,
  takeOver: rules.flag,
  name: rules.text,
};

/**
 * Run the same program again after a crash, a kill or Ctrl-C: `fit` finds the backup and goes on at its step, in the middle of an epoch too.
 * Parameters, history, files of callbacks and the run's folder end as they would have without the pause.
 *
 * - The two newest backups are kept, each verified by check sums: where the newest is damaged the one before is used, with a warning.
 * - A run with another model, optimizer, data set, number of epochs or seed is refused, with every difference. Other versions of Gradus or
 *   Node are a warning: they may round otherwise.
 * - The directory is locked while the run lasts. Files of others in it are left alone.
 * - Writing goes on beside training. A disk that fails stops nothing: one warning, and the backup before stays.
 * - When training has ended the backups are removed, early stopping included.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option; before the first step `RESUME_REFUSED`, `DIRECTORY_IN_USE`, `DIRECTORY_FOREIGN`,
 * `CHECKPOINT_CORRUPT` when no backup is whole, `CHECKPOINT_UNWRITABLE`.
 * @example
 * await trainer.fit(data, { epochs: 100, callbacks: [backupAndRestore({ directory: 'backup', every: { steps: 500 } })] });
 */
export function backupAndRestore(options: BackupAndRestoreOptions): Callback {
  checkOptions('backupAndRestore', options ?? {}, RULES, ['directory']);
  const { every = { epochs: 1 }, allow = [], onMismatch = 'refuse', keep = false, takeOver = false, name = 'backupAndRestore' } = options;
  const path = locate(options.directory);
  let directory: CheckpointDirectory | null = null;
  let due = new Due(every);
  let writing: Promise<void> = Promise.resolve();
  let warned = false;

  const open = async ({ model }: TrainContext): Promise<CheckpointDirectory> =>
    (directory ??= await CheckpointDirectory.open(path, { owner: `a training of '${model.name}'`, takeOver }));

  const close = async (): Promise<void> => {
    const opened = directory;
    directory = null;
    await opened?.close();
  };

  /** The backup to go on from. @throws `RESUME_REFUSED` for that of another run. */
  const check = async (last: ResumePoint, context: TrainContext): Promise<TrainState | null> => {
    try {
      const { fingerprint } = last.manifest;
      const differences = requireFingerprint(`The training of '${context.model.name}'`, fingerprint ?? {}, await context.fingerprint(), {
        allow,
      });
      for (const { field, saved, current } of differences) {
        process.emitWarning(`${name}: ${field} was ${saved} when saved and is ${current} now: the bits may differ.`, {
          code: 'RESUMED_ELSEWHERE',
        });
      }
      return last.state;
    } catch (error) {
      if (onMismatch === 'refuse' || !isGradusError(error, 'RESUME_REFUSED')) throw error;
      await close();
      await rename(path, `${path}.stale-${Date.now()}`);
      await open(context);
      return null;
    }
  };

  const say = ({ epoch, batch, step }: TrainState): void => {
    const inside = batch === 0 ? '' : `, batch ${batch}`;
    process.stderr.write(`${name}: going on at epoch ${epoch + 1}${inside} (step ${step}).\n`);
  };

  const save = (context: TrainContext): void =>
    context.snapshot(
      async (state) => {
        // One backup at a time: a disk that is slower than training holds it up here.
        await writing;
        writing = context.background(async () => {
          try {
            await directory?.save(state, { fingerprint: await context.fingerprint(), facts: { finished: false } });
          } catch (error) {
            if (!isGradusError(error, 'CHECKPOINT_UNWRITABLE')) throw error;
            if (!warned) process.emitWarning(`${error.message} Training goes on.`, { code: error.code });
            warned = true;
            return error;
          }
        }, 'backup');
      },
      // It says that others have saved what they have: theirs must be on the disk before it is.
      { last: true },
    );

  /** After everything that is still to be written. */
  const finish = (context: TrainContext): void =>
    context.snapshot(
      (state) =>
        void context.background(async () => {
          if (keep) await directory?.save(state, { fingerprint: await context.fingerprint(), facts: { finished: true } });
          else await directory?.clear();
          await close();
        }, 'backup'),
      { last: true },
    );

  return {
    name,

    async restore(context) {
      try {
        const last = await (await open(context)).latest();
        const state = last === null || last.manifest.facts.finished === true ? null : await check(last, context);
        if (state !== null) say(state);
        // Whatever else callbacks write from here on, there is something to go back to.
        else save(context);
        return state;
      } catch (error) {
        await close();
        throw error;
      }
    },

    onTrainBegin() {
      due = new Due(every);
      warned = false;
    },

    ...(isByEpoch(every)
      ? { onEpochEnd: (epoch, _logs, context) => void (due.atEpoch(epoch) && save(context)) }
      : {
          ...('steps' in every && { everyStep: every.steps }),
          onTrainBatchEnd: (_batch, _logs, context) => void (due.atStep(context) && save(context)),
        }),

    onInterrupt(context) {
      save(context);
      process.stderr.write(`${name}: run this again to go on from step ${context.step}.\n`);
    },

    onTrainEnd(_logs, context) {
      if (context.stopping?.reason === 'interrupted') void context.background(close);
      else finish(context);
    },

    onError: (_error, context) => void context.background(close),
  };
}
