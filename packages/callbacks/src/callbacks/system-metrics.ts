/** Measures what a run asks of the machine: processor, memory, and how long the event loop is held up. */
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { checkOptions, rules, type Callback } from '@gradus/core';

/** What one epoch asked for. */
export interface SystemMetricsRow {
  /** From 0. */
  readonly epoch: number;
  /** Processor time per time: 1 is one core at work all the time. All threads of the process count. */
  readonly cpu: number;
  /** The largest resident memory seen, in bytes: everything, the engine's memory included. */
  readonly rss: number;
  /** The largest JavaScript heap seen, in bytes. */
  readonly heapUsed: number;
  /** Milliseconds that timers came late, on average and at most; `null` for an epoch too short to tell. */
  readonly eventLoopDelayMean: number | null;
  readonly eventLoopDelayMax: number | null;
}

export interface SystemMetricsOptions {
  /** Milliseconds between two looks at the memory. Default: 1000. */
  readonly interval?: number;
  /** Needed only to use two of them in one run. Default: `systemMetrics`. */
  readonly name?: string;
}

export interface SystemMetrics extends Callback {
  /** One row per epoch of the last run. After a restart: of what this process did. */
  readonly rows: readonly SystemMetricsRow[];
}

const RULES = { interval: rules.positive, name: rules.text };

/** How often the delay of the event loop is looked at. */
const RESOLUTION_MS = 10;

/**
 * Emits the event `system_metrics` with the facts of `SystemMetricsRow` at the end of each epoch: it reaches `onEvent` of all callbacks and
 * the run's `telemetry.jsonl`. Memory is looked at by a timer, which does not keep the process alive, and at the end of each epoch.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option.
 * @example
 * const system = systemMetrics();
 * await trainer.fit(data, { epochs: 3, callbacks: [system] });
 * system.rows.at(-1)?.rss;
 */
export function systemMetrics(options: SystemMetricsOptions = {}): SystemMetrics {
  checkOptions('systemMetrics', options, RULES);
  const { interval = 1000, name = 'systemMetrics' } = options;
  let rows: SystemMetricsRow[] = [];
  let timer: NodeJS.Timeout | undefined;
  let delays: IntervalHistogram | undefined;
  let begun = 0;
  let cpu = process.cpuUsage();
  let most = { rss: 0, heapUsed: 0 };

  const look = (): void => {
    const { rss, heapUsed } = process.memoryUsage();
    most = { rss: Math.max(most.rss, rss), heapUsed: Math.max(most.heapUsed, heapUsed) };
  };
  const end = (): void => {
    clearInterval(timer);
    delays?.disable();
    timer = delays = undefined;
  };
  /** The histogram has nanoseconds between its own looks: what they are late is the rest. */
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);

  return {
    name,

    get rows() {
      return rows;
    },

    onTrainBegin() {
      end();
      rows = [];
      timer = setInterval(look, interval).unref();
      delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      delays.enable();
    },

    onEpochBegin() {
      begun = performance.now();
      cpu = process.cpuUsage();
      most = { rss: 0, heapUsed: 0 };
      delays?.reset();
    },

    onEpochEnd(epoch, _logs, context) {
      look();
      const { user, system } = process.cpuUsage(cpu);
      const known = delays !== undefined && delays.count > 0;
      const row: SystemMetricsRow = {
        epoch,
        cpu: (user + system) / 1000 / Math.max(performance.now() - begun, 1e-3),
        ...most,
        eventLoopDelayMean: known ? late(delays!.mean) : null,
        eventLoopDelayMax: known ? late(delays!.max) : null,
      };
      rows.push(row);
      context.emit('system_metrics', { ...row });
    },

    onTrainEnd: end,
    onError: end,
  };
}
