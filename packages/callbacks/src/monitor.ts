/** Watching one metric: its name checked before training, its direction from the metric itself, and what counts as an improvement. */
import { didYouMean, listNames, oneOf, rules, type Direction, type TrainContext } from '@gradus/core';
import { GradusError } from '@gradus/graph';

export interface MonitorOptions {
  /** The name of the metric in the logs. Default: `val_loss`, since the training loss says nothing about new data. */
  readonly monitor?: string;
  /** Whether smaller or larger is better. Default: `auto`, the direction that the metric itself declares. */
  readonly mode?: 'auto' | Direction;
  /** Accept a `mode` against the declared direction: `'min'` on a reward. Default: `false`, since it is nearly always a mistake. */
  readonly allowInverted?: boolean;
  /** An improvement must be larger than this, in the metric's unit. */
  readonly minDelta?: number;
}

export const MONITOR_RULES = {
  monitor: rules.text,
  mode: oneOf('auto', 'min', 'max'),
  allowInverted: rules.flag,
  minDelta: rules.notNegative,
};

/** @throws `UNKNOWN_METRIC` for a name that the run does not report. */
export function checkMonitor(owner: string, monitor: string, metrics: TrainContext['metrics']): void {
  if (Object.hasOwn(metrics, monitor)) return;
  const known = Object.keys(metrics);
  const validation = monitor.startsWith('val_') && !known.some((key) => key.startsWith('val_'));
  throw new GradusError('UNKNOWN_METRIC', {
    what: `${owner} monitors '${monitor}', which this run does not report`,
    received: `'${monitor}'`,
    expected: `one of ${listNames(known)}`,
    fix: validation ? 'Give validationData to fit, or monitor a metric of the training data.' : didYouMean(monitor, known),
  });
}

/** @throws `UNKNOWN_METRIC`, `UNKNOWN_DIRECTION`, `DIRECTION_CONFLICT`. */
export function resolveDirection(
  owner: string,
  { monitor = 'val_loss', mode = 'auto', allowInverted = false }: MonitorOptions,
  metrics: TrainContext['metrics'],
): Direction {
  checkMonitor(owner, monitor, metrics);
  const declared = metrics[monitor].direction;
  if (mode === 'auto' && declared === null) {
    throw new GradusError('UNKNOWN_DIRECTION', {
      what: `${owner} cannot tell whether smaller or larger values of '${monitor}' are better`,
      received: "mode 'auto', and a model that does not say",
      expected: 'a direction',
      fix: `Give mode: 'min' or 'max', or declare it in the model: metrics: { ${monitor.replace(/^val_/, '')}: 'max' }.`,
    });
  }
  if (mode !== 'auto' && declared !== null && declared !== mode && !allowInverted) {
    throw new GradusError('DIRECTION_CONFLICT', {
      what: `${owner} would keep the worst '${monitor}'`,
      received: `mode '${mode}', while the metric declares '${declared}'`,
      expected: `mode '${declared}' or 'auto'`,
      fix: 'Leave out `mode`, or correct the direction in the metrics of the model; if it is meant, give allowInverted: true.',
    });
  }
  return mode === 'auto' ? declared! : mode;
}

/** Whether a finite `value` is better than `on` by more than `minDelta`; anything finite is better than nothing. */
export function improves(direction: Direction, minDelta: number, value: number, on: number | null): boolean {
  return Number.isFinite(value) && (on === null || (direction === 'min' ? value + minDelta < on : value - minDelta > on));
}
