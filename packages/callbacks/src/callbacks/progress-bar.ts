/** Shows how training goes: a bar in a terminal, plain lines elsewhere. */
import { checkOptions, rules, type Callback, type Logs, type TrainContext } from '@gradus/core';
import { checkMonitor } from '../monitor.js';
import { formatSeconds, progressLine } from '../progress-line.js';

/** Where the bar is written: `process.stderr`, or something like it. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Cells per line; read at each drawing, so that resizing works. */
  readonly columns?: number;
}

export interface ProgressBarOptions {
  /** Default: `process.stderr`, so that what a program prints on stdout can still be piped and parsed. */
  readonly stream?: ProgressStream;
  /** The metrics to show, in this order, where a line has no room for all. Default: all, in the order of the history. */
  readonly metrics?: readonly string[];
  /** Milliseconds between two drawings in a terminal. Default: 50; more often is not seen and costs time. */
  readonly interval?: number;
  /** Without a terminal: milliseconds between two lines of one epoch. Default: 10,000. */
  readonly lineInterval?: number;
  /** Milliseconds from any origin. Default: `performance.now`. */
  readonly clock?: () => number;
  /** Environment variables. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const RULES = {
  stream: rules.object,
  metrics: rules.texts,
  interval: rules.notNegative,
  lineInterval: rules.notNegative,
  clock: rules.method,
  env: rules.object,
};

const UP = (rows: number): string => (rows > 0 ? `\x1b[${rows}A` : '');
const CLEAR_BELOW = '\x1b[J';

/**
 * One line per epoch: epoch, bar, steps, steps per second, time left in the run, the metrics of the last step; at the end of the
 * epoch the time it took and its means. In a terminal the line is drawn over and over, and stays when its epoch is over — unless that
 * was within `interval` of the last line that stayed, so that a thousand short epochs do not scroll by. A run that goes on says where.
 *
 * Plain lines are written instead when the stream is no terminal, or with `CI`, `NO_COLOR` or `TERM=dumb` in the environment: one per
 * epoch, and in long epochs one every 10 seconds.
 *
 * What callbacks print at the end of an epoch stands on lines of its own when they come after this one in the list; what is printed
 * in the middle of an epoch lands behind the bar, which is then drawn anew below.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option, `UNKNOWN_METRIC` for a metric that the run does not report.
 * @example
 * await trainer.fit(data, { epochs: 10, callbacks: [progressBar()] });
 */
export function progressBar(options: ProgressBarOptions = {}): Callback {
  checkOptions('progressBar', options, RULES);
  const {
    stream = process.stderr,
    metrics: shown,
    interval = 50,
    lineInterval = 10_000,
    clock = () => performance.now(),
    env = process.env,
  } = options;
  const live = stream.isTTY === true && !env.CI && !env.NO_COLOR && env.TERM !== 'dumb';

  let running = false;
  let runStarted = 0;
  let runSteps = 0;
  let epochStarted = 0;
  /** Steps of the epoch that are done, and those that were before this start of the run. */
  let done = 0;
  let doneBefore = 0;
  let trainingSeconds = 0;
  let last: Logs = {};
  /** When something was last drawn, and when a line last stayed. */
  let drawn = -Infinity;
  let stayed = -Infinity;
  /** The length of the line that the cursor stands behind. */
  let length = 0;
  /** The line of a finished epoch that did not stay; the last one of a run does. */
  let unseen: string | null = null;

  const draw = (line: string, now: number): void => {
    // A terminal made narrower has wrapped the old line: begin where it began.
    const rows = length === 0 ? 0 : Math.ceil(length / (stream.columns || 80)) - 1;
    stream.write(`${UP(rows)}\r${line}${CLEAR_BELOW}`);
    length = line.length;
    drawn = now;
  };
  const endLine = (): void => {
    if (length > 0) stream.write('\n');
    length = 0;
  };
  const keep = (now: number): void => {
    draw(unseen!, now);
    endLine();
    stayed = now;
    unseen = null;
  };
  // The last cell stays free: a full line makes some terminals wrap.
  const columns = (): number => (live ? (stream.columns || 80) - 1 : Infinity);
  const lineOf = (context: TrainContext, time: string, logs: Logs): string => {
    const rate = trainingSeconds > 0 ? (done - doneBefore) / trainingSeconds : null;
    const { epoch, epochs, stepsPerEpoch: steps } = context;
    // Steps report less than epochs do.
    const named = shown === undefined ? logs : Object.fromEntries(shown.filter((name) => name in logs).map((name) => [name, logs[name]]));
    return progressLine({ epoch, epochs, done, steps, rate, time, logs: named }, columns());
  };
  const show = (context: TrainContext, time: string, now: number): void => {
    const line = lineOf(context, time, last);
    if (live) draw(line, now);
    else {
      stream.write(`${line}\n`);
      drawn = now;
    }
  };
  const timeLeft = ({ epoch, epochs, stepsPerEpoch }: TrainContext, now: number): string => {
    const left = (epochs - epoch) * stepsPerEpoch - done;
    return `${formatSeconds((((now - runStarted) / 1000) * left) / runSteps)} left`;
  };

  return {
    name: 'progressBar',

    check({ metrics }) {
      for (const name of shown ?? []) checkMonitor('progressBar', name, metrics);
    },

    onTrainBegin({ epoch, epochs, batch, stepsPerEpoch, resumed }) {
      running = true;
      runStarted = drawn = clock();
      stayed = -Infinity;
      runSteps = 0;
      length = 0;
      unseen = null;
      if (epoch === epochs || (!resumed && batch === 0)) return;
      stream.write(`Going on in epoch ${epoch + 1}/${epochs}${batch === 0 ? '' : ` after ${batch} of ${stepsPerEpoch} steps`}.\n`);
    },

    onEpochBegin(_epoch, { batch }) {
      epochStarted = clock();
      done = doneBefore = batch;
      trainingSeconds = 0;
      last = {};
    },

    onTrainBatchEnd(batch, logs, context) {
      done = batch + 1;
      runSteps++;
      last = logs;
      const now = clock();
      trainingSeconds = (now - epochStarted) / 1000;
      if (now - drawn >= (live ? interval : lineInterval)) show(context, timeLeft(context, now), now);
    },

    onTestBegin(context) {
      const now = clock();
      if (running && live && now - drawn >= interval) show(context, 'validating', now);
    },

    onEpochEnd(_epoch, logs, context) {
      const now = clock();
      last = logs;
      const time = formatSeconds((now - epochStarted) / 1000);
      if (!live) return show(context, time, now);
      unseen = lineOf(context, time, logs);
      if (now - stayed >= interval) keep(now);
      else if (length > 0) draw('', now);
    },

    onTrainEnd(_logs, { stopping, epoch, epochs }) {
      running = false;
      if (unseen !== null) keep(clock());
      endLine();
      if (stopping === null || stopping.reason === 'completed') return;
      const who = stopping.by === undefined ? '' : ` by ${stopping.by}`;
      stream.write(`Stopped${who} in epoch ${epoch + 1}/${epochs}: ${stopping.message}\n`);
    },

    onError() {
      running = false;
      endLine();
    },
  };
}
