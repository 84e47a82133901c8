/** Writes one row of a CSV file per epoch. */
import { basename } from 'node:path';
import { checkOptions, rules, type Callback, type Logs, type Rule, type TrainContext } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { CsvTable } from '../csv-table.js';
import { locateInRun, place } from '../place.js';
import { fileProblem } from '../unwritable.js';

export interface CsvLoggerOptions {
  /**
   * The file: text is a place inside the run's folder, which it cannot leave. A `file:` URL is a place anywhere; configuration cannot hold
   * one. Missing folders are made. Default: `metrics.csv`.
   */
  readonly path?: string | URL;
  /** What stands between cells: one character. Default: a comma. */
  readonly separator?: string;
  /** Add to the rows that the file has, with a column `run_id`. Default: `false`, the file is replaced. */
  readonly append?: boolean;
  /** The value of `run_id`. Default: the name of the run's folder, without one the time of the start. */
  readonly runId?: string;
  /** Needed only to use two of them in one run. Default: `csvLogger`. */
  readonly name?: string;
}

/** What survives a restart: which rows are this run's. */
type State = { readonly runId: string; readonly firstEpoch: number } | null;

const character: Rule = {
  expected: 'one character that is no quote and no line end',
  accepts: (v) => typeof v === 'string' && v.length === 1 && !/["\r\n]/.test(v),
};
const RULES = { path: place, separator: character, append: rules.flag, runId: rules.text, name: rules.text };

/**
 * Columns: `epoch` (from 0), with `append` also `run_id`, then every metric of the run in the order it is reported. A metric first seen
 * later widens the table: the file is replaced atomically, `NA` in older rows. `NA` also stands where an epoch did not report a metric.
 * Quoting is that of RFC 4180, lines end with LF, numbers have all their digits, lists are written as JSON.
 *
 * - With `append` the columns of the file keep their order. Rows of the same run from this epoch on are dropped: they come again.
 *   One run at a time may append to a file.
 * - After a restart the run's rows are taken from the history, so that a crash in the middle of a write leaves no trace.
 * - Each row is written at the end of its epoch. When that fails training goes on: one warning `TELEMETRY_UNWRITABLE`, and the file is
 *   written whole at the next chance.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option, for a metric named as a column of the table's own, or for a relative path in a run
 * that leaves no folder; before the first step, as the cause of `CALLBACK_FAILED`, `INVALID_CSV` for a file that cannot be appended to and
 * `TELEMETRY_UNWRITABLE`.
 * @example
 * await trainer.fit(data, { epochs: 10, callbacks: [csvLogger({ path: pathToFileURL('all-runs.csv'), append: true })] });
 */
export function csvLogger(options: CsvLoggerOptions = {}): Callback {
  checkOptions('csvLogger', options, RULES);
  const { path = 'metrics.csv', separator = ',', append = false, name = 'csvLogger' } = options;
  const own = append ? ['epoch', 'run_id'] : ['epoch'];
  let location = String(path);
  const problem = fileProblem(name, () => location);
  let state: State = null;
  let resumed = false;
  let table: CsvTable | null = null;

  const rowOf = (epoch: number, logs: Logs): Map<string, string> =>
    new Map([
      ['epoch', String(epoch)],
      ...(append ? [['run_id', state!.runId] as const] : []),
      ...Object.entries(logs).map(([metric, value]) => [metric, cellOf(value)] as const),
    ]);

  /** The table that the first row of this start is added to. */
  const open = ({ epoch, history, metrics }: TrainContext): CsvTable => {
    const { runId, firstEpoch } = state!;
    const opened = new CsvTable(location, separator);
    if (append) {
      opened.read();
      opened.filter((cell) => cell('run_id') !== runId || (!resumed && Number(cell('epoch')) < epoch));
    }
    opened.widen([...own, ...Object.keys(metrics)]);
    // Whatever a crash left in the file, the history is what happened.
    for (const row of resumed ? history.rows : []) {
      if (row.epoch >= firstEpoch && row.epoch < epoch) opened.add(rowOf(row.epoch, row.logs));
    }
    return opened;
  };

  /** Writes what has not reached the disk, if anything, and forgets the table. */
  const close = (): void => {
    try {
      table?.write();
    } catch (error) {
      problem.warn(error, 'Rows are missing at the end of the file.');
    }
    table = null;
  };

  return {
    name,

    check({ metrics }) {
      state = null;
      resumed = false;
      const taken = own.find((column) => Object.hasOwn(metrics, column));
      if (taken === undefined) return;
      throw new GradusError('INVALID_ARGUMENT', {
        what: `${name} has a column '${taken}' of its own`,
        received: `a metric named '${taken}'`,
        expected: 'another name',
        fix: 'Rename the metric in the model.',
      });
    },

    onTrainBegin(context) {
      location = locateInRun(name, path, context.folder);
      const { runId = context.folder === null ? new Date().toISOString() : basename(context.folder) } = options;
      state ??= { runId, firstEpoch: context.epoch };
      try {
        table = open(context);
        table.write();
      } catch (error) {
        table = null;
        throw error instanceof GradusError ? error : problem.error(error, 'Choose another path.');
      }
    },

    onEpochEnd(epoch, logs) {
      try {
        table?.append(rowOf(epoch, logs));
      } catch (error) {
        problem.warn(error, 'Training goes on; rows are kept in memory and writing is tried again.');
      }
    },

    onTrainEnd: close,
    onError: close,

    getState: () => state,

    setState(saved) {
      state = saved as State;
      resumed = state !== null;
    },
  };
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return 'NA';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as number);
}
