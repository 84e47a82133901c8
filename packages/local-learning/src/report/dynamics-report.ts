/** A picture of how the dynamics change with training, in the run's folder. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkOptions, replaceFile, rules, type Callback, type HistoryRow, type TrainContext } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { chart, type Panel } from './chart.js';

export interface DynamicsReportOptions {
  /** Default: `dynamicsReport`. */
  readonly name?: string;
  /** The file. Default: `dynamics.svg` in the run's folder. */
  readonly path?: string;
}

/** What each panel draws, of training and of validation. */
const PANELS: readonly (Omit<Panel, 'lines'> & { readonly metrics: readonly string[] })[] = [
  { title: 'accuracy', most: 1, metrics: ['val_accuracy', 'val_taughtAccuracy', 'taughtAccuracy'] },
  { title: 'shares of units', most: 1, metrics: ['unsatisfied', 'val_unsatisfied', 'val_flips', 'val_overlap'] },
  { title: 'sweeps until settled', metrics: ['clampedSteps', 'freeSteps', 'val_inferenceSteps'] },
];

/** The metrics of local networks over the epochs of a history: an SVG document of three panels. */
export const dynamicsPicture = (rows: readonly HistoryRow[]): string =>
  chart(
    PANELS.map(({ metrics, ...panel }) => ({
      ...panel,
      lines: metrics
        .filter((metric) => rows.some(({ logs }) => Number.isFinite(logs[metric])))
        .map((metric) => ({ name: metric, values: rows.map(({ logs }) => (Number.isFinite(logs[metric]) ? logs[metric] : undefined)) })),
    })),
  );

/**
 * Draws {@link dynamicsPicture} at the end of every epoch. A file that cannot be written is warned about once; training goes on.
 *
 * @throws `INVALID_ARGUMENT`, also where the run leaves no folder and no path is given.
 * @example
 * await trainer.fit(data, { epochs: 10, validationData, callbacks: [dynamicsReport()] });
 */
export function dynamicsReport(options: DynamicsReportOptions = {}): Callback {
  checkOptions('dynamicsReport', options, { name: rules.text, path: rules.text });
  let warned = false;
  const pathOf = ({ folder }: TrainContext): string => {
    if (options.path !== undefined) return options.path;
    if (folder !== null) return join(folder, 'dynamics.svg');
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'dynamicsReport has nowhere to draw',
      received: 'no path, and a run that leaves no folder',
      expected: 'one of them',
      fix: "Give dynamicsReport({ path: 'dynamics.svg' }), or leave `run: false` out.",
    });
  };
  return {
    name: options.name ?? 'dynamicsReport',
    onTrainBegin: (context) => void pathOf(context),
    onEpochEnd(epoch, logs, context) {
      const path = pathOf(context);
      const earlier = context.history.rows.filter((row) => row.epoch < epoch);
      try {
        mkdirSync(dirname(path), { recursive: true });
        replaceFile(path, dynamicsPicture([...earlier, { epoch, logs }]));
      } catch (cause) {
        if (warned) return;
        warned = true;
        const problem = new GradusError('TELEMETRY_UNWRITABLE', {
          what: `dynamicsReport cannot write '${path}'`,
          received: cause instanceof Error ? cause.message : String(cause),
          expected: 'a place where files can be made, with space left',
          cause,
        });
        process.emitWarning(problem.message, { code: problem.code });
      }
    },
  };
}
