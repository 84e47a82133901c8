/** Saves checkpoints while training goes on: the best, the last, the k best, or all. */
import { loadCheckpoint, lockDirectory, removeCheckpoint, saveCheckpoint } from '@gradus/checkpoint';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  checkOptions,
  listNames,
  oneOf,
  rules,
  type Callback,
  type Direction,
  type Logs,
  type Rule,
  type TrainContext,
  type TrainState,
} from '@gradus/core';
import { GradusError, isGradusError } from '@gradus/graph';
import { cadence, Due, isByEpoch, type Cadence } from '../cadence.js';
import { improves, MONITOR_RULES, resolveDirection, type MonitorOptions } from '../monitor.js';
import { checkKeys, nameTemplate } from '../name-template.js';
import { locateInRun, place } from '../place.js';

export interface ModelCheckpointOptions extends MonitorOptions {
  /** Which to keep: `best` by the monitored metric, `last`, `all`, or a number k for the k best. Default: `best`. */
  readonly save?: 'best' | 'last' | 'all' | number;
  /**
   * Where, as a template: text is a place inside the run's folder, a `file:` URL a place anywhere. `{epoch}` (from 1), `{step}` and every metric
   * of the run are filled in, as `{epoch:02d}` or `{val_loss:.3f}`. Default: `checkpoints/best`, `checkpoints/last`, or
   * `checkpoints/epoch-{epoch:03d}-step-{step:06d}`.
   */
  readonly path?: string | URL;
  /** How often: `{ epochs: n }`, `{ steps: n }`, or at the first step after `{ minutes: n }`. Default: `{ epochs: 1 }`. */
  readonly every?: Cadence;
  /** `params`: parameters alone, for predicting and exporting; `all`: everything, to train on from. Default: `all`. */
  readonly contents?: 'all' | 'params';
  /** Save the state of the last good step when training fails, beside the others as `error`. Default: `false`. */
  readonly onError?: boolean;
  /** With `best`: what lies at `path` from an earlier run is only replaced by something better. Default: `false`. */
  readonly keepBetter?: boolean;
  /** Needed only to use two of them in one run. Default: `modelCheckpoint`. */
  readonly name?: string;
}

/** A checkpoint that was kept. */
export interface KeptCheckpoint {
  readonly path: string;
  /** The monitored metric; `null` where none is. */
  readonly value: number | null;
  /** From 0. */
  readonly epoch: number;
  readonly step: number;
}

export interface ModelCheckpoint extends Callback {
  /** Those on disk, the best first; in the order of time where nothing is monitored. */
  readonly kept: readonly KeptCheckpoint[];
}

const isCount = (v: unknown): boolean => Number.isInteger(v) && (v as number) >= 1;
const which: Rule = {
  expected: "'best', 'last', 'all', or a whole number of 1 or more",
  accepts: (v) => ['best', 'last', 'all'].includes(v as string) || isCount(v),
};
const RULES = {
  ...MONITOR_RULES,
  save: which,
  path: place,
  every: cadence,
  contents: oneOf('all', 'params'),
  onError: rules.flag,
  keepBetter: rules.flag,
  name: rules.text,
};

/**
 * Saves a checkpoint (see `saveCheckpoint` of @gradus/checkpoint) when it is due, and removes those that no longer count. Writing goes on
 * beside training; only a checkpoint that comes before the last one is written waits for it. A disk that fails stops nothing: one
 * warning `CHECKPOINT_UNWRITABLE`, and the checkpoint does not count as kept.
 *
 * - Better means strictly better by more than `minDelta`. An epoch that did not report the metric saves nothing; a value that is not finite
 *   is never among the best.
 * - Between the ends of epochs there are no validation metrics: with `{ steps }` or `{ minutes }` only training metrics can be monitored.
 * - `last` is saved on Ctrl-C and SIGTERM, too.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option or template, before training for a name in it that the run does not report, and for a
 * place in the run's folder in a run that leaves none; `UNKNOWN_METRIC`, `UNKNOWN_DIRECTION`, `DIRECTION_CONFLICT` as `earlyStopping`.
 * @example
 * modelCheckpoint({ save: 3, monitor: 'val_accuracy', path: 'checkpoints/{epoch:02d}-{val_accuracy:.3f}' });
 */
export function modelCheckpoint(options: ModelCheckpointOptions = {}): ModelCheckpoint {
  checkOptions('modelCheckpoint', options, RULES);
  const { save = 'best', every = { epochs: 1 }, contents = 'all', minDelta = 0, name = 'modelCheckpoint' } = options;
  const { path = `checkpoints/${typeof save === 'number' || save === 'all' ? 'epoch-{epoch:03d}-step-{step:06d}' : save}` } = options;
  const ranked = save === 'best' || typeof save === 'number';
  const places = save === 'best' ? 1 : typeof save === 'number' ? save : Infinity;
  const monitor = ranked ? (options.monitor ?? 'val_loss') : null;
  const text = path instanceof URL ? fileURLToPath(path) : path;
  const template = nameTemplate(name, text);
  const keepBetter = options.keepBetter ?? false;
  if (keepBetter && (save !== 'best' || template.keys.length > 0)) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `Option 'keepBetter' of ${name} has nothing to compare with`,
      received: `save ${JSON.stringify(save)} at '${text}'`,
      expected: "save 'best' at a path without fields",
    });
  }

  const due = new Due(every);
  let direction: Direction = 'min';
  let kept: readonly KeptCheckpoint[] = [];
  /** Those that the disk did not take. */
  const lost = new WeakSet<KeptCheckpoint>();
  /** Whether `kept` is of this run: a backup may be of before. */
  let begun = false;
  let warned = false;
  let writing: Promise<void> = Promise.resolve();
  let lock: { release(): void } | null = null;

  const release = (context: TrainContext): void =>
    context.snapshot(
      () => {
        void context.background(async () => {
          lock?.release();
          lock = null;
        });
      },
      { last: true },
    );

  const better = (a: KeptCheckpoint, b: KeptCheckpoint): boolean => improves(direction, 0, a.value!, b.value);
  /** Those that count when `entry` comes: the best first, where they are ranked. */
  const withEntry = (entry: KeptCheckpoint): readonly KeptCheckpoint[] => {
    const others = kept.filter((other) => other.path !== entry.path);
    if (!ranked) return [...others, entry];
    const at = others.findIndex((other) => better(entry, other));
    return others.toSpliced(at === -1 ? others.length : at, 0, entry).slice(0, places);
  };

  /** A path of the run, out of a filled template. */
  const locate = (filled: string, { folder }: TrainContext): string => (path instanceof URL ? filled : locateInRun(name, filled, folder));

  /** Asks for the state of this moment, and writes it beside training. */
  const write = (context: TrainContext, entry: KeptCheckpoint, logs: Logs, givenUp: readonly KeptCheckpoint[]): void =>
    context.snapshot(async (state) => {
      await writing;
      writing = context.background(() => commit(context, state, entry, logs, givenUp), 'checkpoint');
    });

  /** @param givenUp Those that no longer count. */
  const commit = async (
    context: TrainContext,
    state: TrainState,
    entry: KeptCheckpoint,
    logs: Logs,
    givenUp: readonly KeptCheckpoint[],
  ): Promise<void | Error> => {
    const facts = { ...(monitor !== null && { monitor, direction, value: entry.value }), logs };
    try {
      await saveCheckpoint(entry.path, state, { contents, fingerprint: await context.fingerprint(), facts });
      // After a restart some of them are gone already.
      for (const { path: old } of givenUp) if (old !== entry.path) await removeCheckpoint(old);
    } catch (error) {
      const failure = tolerated(error);
      // What was to make room for it still counts.
      lost.add(entry);
      kept = kept.filter((other) => other !== entry);
      for (const old of givenUp) if (!lost.has(old)) kept = withEntry(old);
      return failure;
    }
  };

  /** A disk that fails stops no training. */
  const tolerated = (error: unknown): Error => {
    if (!isGradusError(error, 'CHECKPOINT_UNWRITABLE')) throw error;
    if (!warned) process.emitWarning(error.message, { code: error.code });
    warned = true;
    return error;
  };

  const consider = (context: TrainContext, logs: Logs): void => {
    const value = monitor === null ? null : logs[monitor];
    if (value === undefined) return;
    const { epoch, step } = context;
    const entry = { path: locate(template.fill({ ...logs, epoch: epoch + 1, step }), context), value, epoch, step };
    if (value !== null) {
      const worst = kept.at(-1);
      const counts = kept.length < places ? Number.isFinite(value) : improves(direction, minDelta, value, worst!.value);
      if (!counts) return;
    }
    const next = withEntry(entry);
    const givenUp = kept.filter((other) => !next.includes(other));
    kept = next;
    write(context, entry, logs, givenUp);
  };

  return {
    name,

    get kept() {
      return kept;
    },

    check({ metrics }) {
      kept = [];
      begun = false;
      const known = Object.keys(metrics).filter((metric) => isByEpoch(every) || !metric.startsWith('val_'));
      checkKeys(name, text, template.keys, ['epoch', 'step', ...known]);
      if (monitor === null) return;
      resolveDirection(name, { ...options, monitor }, metrics);
      if (known.includes(monitor)) return;
      throw new GradusError('UNKNOWN_METRIC', {
        what: `${name} monitors '${monitor}' between the ends of epochs, where there is no validation`,
        received: `'${monitor}' with every: ${JSON.stringify(every)}`,
        expected: `one of ${listNames(known)}, or every: { epochs: n }`,
      });
    },

    async onTrainBegin(context) {
      if (monitor !== null) direction = resolveDirection(name, { ...options, monitor }, context.metrics);
      // A run without a folder is refused here, not at the first checkpoint.
      const here = locate(text, context);
      // The folder of a run is its own already.
      if (path instanceof URL) lock ??= await lockDirectory(dirname(text.split('{')[0] + '_'), `checkpoints of '${context.model.name}'`);
      if (!begun && keepBetter) kept = await lyingAt(here, name, monitor!);
      begun = true;
      warned = false;
    },

    ...(isByEpoch(every)
      ? { onEpochEnd: (epoch, logs, context) => void (due.atEpoch(epoch) && consider(context, logs)) }
      : {
          ...('steps' in every && { everyStep: every.steps }),
          onTrainBatchEnd: (_batch, logs, context) => void (due.atStep(context) && consider(context, logs)),
        }),

    ...(save === 'last' && {
      onInterrupt: (context) => consider(context, context.history.last),
    }),

    onTrainEnd: (_logs, context) => release(context),

    onError(error, context) {
      if (options.onError === true) {
        const facts = { error: error instanceof Error ? error.message : String(error) };
        const beside = locate(join(dirname(text), 'error'), context);
        context.snapshot(
          (state) =>
            void context.background(() => saveCheckpoint(beside, state, { contents, facts }).then(() => {}, tolerated), 'checkpoint'),
        );
      }
      release(context);
    },

    getState: () => ({ begun, kept: kept.map((entry) => ({ ...entry })) }),

    setState(state) {
      ({ begun, kept } = state as { begun: boolean; kept: readonly KeptCheckpoint[] });
    },
  };
}

/** The checkpoint of an earlier run, as one that is kept. */
async function lyingAt(path: string, name: string, monitor: string): Promise<KeptCheckpoint[]> {
  try {
    const { epoch, step, facts } = (await loadCheckpoint(path)).manifest;
    if (facts.monitor === monitor && typeof facts.value === 'number') return [{ path, value: facts.value, epoch, step }];
    throw new GradusError('INVALID_ARGUMENT', {
      what: `${name} cannot compare with the checkpoint at '${path}'`,
      received: typeof facts.monitor === 'string' ? `the best by '${facts.monitor}'` : 'one that was not kept by a metric',
      expected: `the best by '${monitor}'`,
      fix: 'Choose another path, or leave out keepBetter.',
    });
  } catch (error) {
    if (isGradusError(error, 'CHECKPOINT_NOT_FOUND')) return [];
    throw error;
  }
}
