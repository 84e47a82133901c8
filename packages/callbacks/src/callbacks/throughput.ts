/** Measures how fast training goes: steps and samples per second, the time of epochs, the time left. */
import { checkOptions, rules, type Callback } from '@gradus/core';

/** The speed of one epoch. */
export interface ThroughputRow {
  /** From 0. */
  readonly epoch: number;
  readonly steps: number;
  /** Seconds from the epoch's begin to its end, validation included. */
  readonly seconds: number;
  /** Steps per second of training, without validation; `null` for an epoch without steps. */
  readonly stepsPerSecond: number | null;
  /** The same in samples, with the mean number of samples per step. */
  readonly samplesPerSecond: number | null;
  /** Seconds that the epochs left take if they take as long as those of this run on average. */
  readonly secondsLeft: number;
}

/** What survives a restart. */
interface State {
  readonly rows: readonly ThroughputRow[];
  /** Of the running epoch: steps, and milliseconds from its begin to the last of them and to this moment. */
  readonly running: { readonly steps: number; readonly training: number; readonly total: number };
}

const NOTHING: State['running'] = { steps: 0, training: 0, total: 0 };

export interface ThroughputOptions {
  /** Milliseconds from any origin. Default: `performance.now`. */
  readonly clock?: () => number;
  /** Needed only to use two of them in one run. Default: `throughput`. */
  readonly name?: string;
}

export interface Throughput extends Callback {
  /** One row per epoch of the last run. */
  readonly rows: readonly ThroughputRow[];
}

const RULES = { clock: rules.method, name: rules.text };

/**
 * Emits the event `throughput` with the facts of `ThroughputRow` at the end of each epoch: it reaches `onEvent` of all callbacks, such as
 * `telemetryLogger`, and the run's `telemetry.jsonl`. Put it first in the list, so that it does not measure the others' work at the end.
 * After a restart the time before it counts, the time between does not.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option.
 * @example
 * const speed = throughput();
 * await trainer.fit(data, { epochs: 3, callbacks: [speed] });
 * speed.rows.at(-1)?.samplesPerSecond;
 */
export function throughput(options: ThroughputOptions = {}): Throughput {
  checkOptions('throughput', options, RULES);
  const { clock = () => performance.now(), name = 'throughput' } = options;
  let rows: readonly ThroughputRow[] = [];
  /** The running epoch up to the last start of the run, and when that was; `null` between epochs. */
  let before = NOTHING;
  let begun: number | null = null;
  let lastStep = 0;
  let steps = 0;

  const running = (): State['running'] =>
    begun === null
      ? before
      : { steps: before.steps + steps, training: before.training + lastStep - begun, total: before.total + clock() - begun };
  const pause = (): void => {
    before = running();
    begun = null;
  };

  return {
    name,

    get rows() {
      return rows;
    },

    check() {
      [rows, before, begun] = [[], NOTHING, null];
    },

    onEpochBegin() {
      begun = lastStep = clock();
      steps = 0;
    },

    onTrainBatchEnd() {
      lastStep = clock();
      steps++;
    },

    onEpochEnd(epoch, _logs, context) {
      const all = running();
      const seconds = all.total / 1000;
      const rate = all.training > 0 ? all.steps / (all.training / 1000) : null;
      const samples = context.samplesPerEpoch / context.stepsPerEpoch;
      const spent = rows.reduce((total, row) => total + row.seconds, seconds);
      const row: ThroughputRow = {
        epoch,
        steps: all.steps,
        seconds,
        stepsPerSecond: rate,
        samplesPerSecond: rate === null ? null : rate * samples,
        secondsLeft: (spent / (rows.length + 1)) * (context.epochs - epoch - 1),
      };
      rows = [...rows, row];
      before = NOTHING;
      begun = null;
      context.emit('throughput', { ...row });
    },

    onTrainEnd: pause,
    onError: pause,
    getState: (): State => ({ rows, running: running() }),

    setState(saved) {
      ({ rows, running: before } = saved as State);
    },
  };
}
