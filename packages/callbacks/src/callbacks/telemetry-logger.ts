/** Appends what happens in a run, and inside the model, to a file: one JSON object per line. */
import { resolve } from 'node:path';
import { checkOptions, rules, type Callback } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { AppendFile } from '../append-file.js';
import { RECORDING_RULES, recordingHooks, type RecordingOptions, type TelemetryRecord } from '../recording.js';
import { fileProblem } from '../unwritable.js';

export interface TelemetryLoggerOptions extends RecordingOptions {
  /** The file, relative to the working directory. Appended to; missing folders are made. */
  readonly path: string;
  /** Records per write. 1 shows every record at once, 64 costs least. Default: 1. */
  readonly flushInterval?: number;
  /** The text of a record, one line without its end. Default: `JSON.stringify`, with NaN and the infinities as text. */
  readonly format?: (record: TelemetryRecord) => string;
  /** The time in milliseconds since 1970. Default: `Date.now`. */
  readonly clock?: () => number;
}

const RULES = { ...RECORDING_RULES, path: rules.text, flushInterval: rules.positiveCount, format: rules.method, clock: rules.method };

/** No record waits longer than this for the next one to push it out. */
const LONGEST_WAIT_MS = 5000;

/**
 * Writes records `{ ts, tag, … }`, `ts` in unix seconds:
 *
 * | tag | facts |
 * |---|---|
 * | `train_begin` | `model`, `seed`, `epochs`, `stepsPerEpoch` |
 * | `train_end` | `reason`, `context`: the last epoch's logs |
 * | `epoch_begin`, `epoch_end` | `epoch`; at the end `context`: the logs |
 * | `batch_begin`, `batch_end` | `epoch`, `batch`; at the end `context` |
 * | `test_begin`, `test_end` | `epoch`; at the end `context` |
 * | `test_batch_begin`, `test_batch_end` | `batch`; at the end `context` |
 * | `predict_begin`, `predict_end`, `predict_batch_begin`, `predict_batch_end` | `batch` for batches |
 * | `error` | `type`, `message` |
 * | the name of a model's event | its payload (facts called `ts` or `tag` give way) |
 *
 * Records are written when `flushInterval` of them wait, when one is added more than 5 seconds after the last write, and when the run
 * ends: normally, by an interrupt, by an error, or with the process. When the file cannot be written training goes on: one warning
 * `TELEMETRY_UNWRITABLE` is given, the records are kept in memory, and writing is tried again every 5 seconds and at the end. (If it
 * never succeeds, a full disk may leave the last line cut off.)
 *
 * After a restart the file is cut back to where it was when the state was taken, since what follows happens again: no record is missing,
 * none is there twice. A file belongs to one run at a time, then: what another has appended meanwhile is dropped too. A file that has
 * become shorter, or is gone, is said by the warning `TELEMETRY_INCOMPLETE`, and goes on.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option; `TELEMETRY_UNWRITABLE` before training starts when the file cannot be made;
 * `INVALID_RECORD`, naming the tag, for a record that `format` cannot write, such as one with a bigint.
 * @example
 * telemetryLogger({ path: 'runs/telemetry.jsonl', flushInterval: 8, events: ['epoch_end', 'step_end'] });
 */
export function telemetryLogger(options: TelemetryLoggerOptions): Callback {
  checkOptions('telemetryLogger', options ?? {}, RULES);
  if (options?.path === undefined) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: "telemetryLogger needs the option 'path'",
      received: 'nothing',
      expected: rules.text.expected,
    });
  }
  const { flushInterval = 1, format = toJson, clock = Date.now, name = 'telemetryLogger' } = options;
  const path = resolve(options.path);

  const problem = fileProblem(name, () => path);
  const file = new AppendFile(path, (error) =>
    problem.warn(error, 'Training goes on; records are kept in memory and writing is tried again.'),
  );

  let lastFlush = performance.now();
  /** Where the record of the end begins: a run that goes on has none yet. `null` while there is no such record at the end of the file. */
  let endAt: number | null = null;
  const add = (tag: string, facts: Readonly<Record<string, unknown>>): void => {
    endAt = null;
    const ts = clock() / 1000;
    const record = { ts, tag, ...facts };
    if (facts.ts !== undefined || facts.tag !== undefined) Object.assign(record, { ts, tag });
    file.add(`${line(record)}\n`);
    const now = performance.now();
    if (file.waiting < flushInterval && now - lastFlush <= LONGEST_WAIT_MS) return;
    lastFlush = now;
    file.flush();
  };
  const line = (record: TelemetryRecord): string => {
    try {
      const text = format(record);
      if (typeof text === 'string') return text;
      throw new TypeError(`format returned ${typeof text}`);
    } catch (error) {
      throw new GradusError('INVALID_RECORD', {
        what: `${name} cannot write a record with the tag '${record.tag}'`,
        received: error instanceof Error ? error.message : String(error),
        expected: 'values that JSON can hold',
        fix: 'Change what the model emits, or give `format` or `record`.',
        cause: error,
      });
    }
  };

  const hooks = recordingHooks(options, add);
  let training = false;
  /** Where the file goes on after a restart, until the run begins. */
  let goOnAt: number | null = null;
  /** Whether the file has the records of this run from before a restart. */
  let resumed = false;
  /** Whether the run has begun for the file: a backup may be older. */
  let begun = false;

  const goOn = (bytes: number): void => {
    try {
      const missing = file.cutTo(bytes);
      if (missing > 0) warnIncomplete(name, path, missing);
    } catch (error) {
      throw problem.error(error, 'Choose another path.');
    }
  };
  const endOf = (hook: 'onTrainEnd' | 'onError' | 'onTestEnd' | 'onPredictEnd'): Partial<Callback> => ({
    [hook]: (...args: never[]) => {
      const ofRun = hook === 'onTrainEnd' || hook === 'onError';
      const at = ofRun ? file.position() : null;
      (hooks[hook] as ((...all: never[]) => void) | undefined)?.(...args);
      if (ofRun) training = false;
      if (!training) file.close();
      endAt = at;
    },
  });
  const { onTrainBegin, onEpochBegin } = hooks;
  return {
    name,
    ...hooks,
    check() {
      goOnAt = endAt = null;
      begun = false;
      try {
        file.touch();
      } catch (error) {
        throw problem.error(error, 'Choose another path.');
      }
    },
    onTrainBegin(context) {
      training = true;
      lastFlush = performance.now();
      resumed = begun;
      begun = true;
      if (goOnAt !== null) goOn(goOnAt);
      goOnAt = null;
      return resumed ? undefined : onTrainBegin?.(context);
    },
    ...(onEpochBegin !== undefined && {
      onEpochBegin: (epoch, context) => (resumed && context.batch > 0 ? undefined : onEpochBegin(epoch, context)),
    }),
    ...endOf('onTrainEnd'),
    ...endOf('onError'),
    ...endOf('onTestEnd'),
    ...endOf('onPredictEnd'),
    getState: () => ({ bytes: goOnAt ?? endAt ?? file.position(), begun }),
    setState(saved) {
      ({ bytes: goOnAt, begun } = saved as { readonly bytes: number; readonly begun: boolean });
    },
  };
}

function warnIncomplete(name: string, path: string, missing: number): void {
  const warning = new GradusError('TELEMETRY_INCOMPLETE', {
    what: `${name} goes on in '${path}', where records from before the restart are missing`,
    received: `a file that is ${missing} bytes shorter than it was`,
    fix: 'Give the file back before the run goes on, or leave it: what follows is written behind what is there.',
  });
  process.emitWarning(warning.message, { code: warning.code });
}

/** JSON would turn NaN and infinities into null, which reads as "missing". A second pass only for records where that may have happened. */
function toJson(record: TelemetryRecord): string {
  const text = JSON.stringify(record);
  return text.includes('null') ? JSON.stringify(record, finiteOrText) : text;
}

const finiteOrText = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
