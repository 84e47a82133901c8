/** What a history says of the dynamics, as panels. */
import type { HistoryRow } from '@gradus/core';
import { chart, type Line, type Panel } from './chart.js';

/** Names of metrics by panel, without `val_`. */
const PANELS: Readonly<Record<string, readonly string[]>> = {
  accuracy: ['accuracy', 'taughtAccuracy'],
  'unsatisfied units (share)': ['unsatisfied'],
  'overlap with and without the label': ['overlap'],
  'units that flip until inference (share)': ['flips'],
  'saturation: mean of |tanh(field)|': ['saturation'],
  'sweeps until a batch had settled': ['clampedSteps', 'freeSteps', 'inferenceSteps'],
};

/**
 * The metrics of local networks over the epochs of a history: an SVG document with a panel for accuracy, unsatisfied units, overlap, flips,
 * saturation, and sweeps, as far as they are reported.
 */
export function dynamicsPicture(rows: readonly HistoryRow[]): string {
  const line = (name: string, reported: string): Line => {
    const values = rows.map(({ logs }) => (Number.isFinite(logs[reported]) ? logs[reported] : undefined));
    return { name, dashed: name === reported, values };
  };
  const panels = Object.entries(PANELS).map(([title, names]): Panel => {
    const lines = names.flatMap((name) => [line(name, `val_${name}`), line(name, name)]);
    return { title, lines: lines.filter(({ values }) => values.some((value) => value !== undefined)) };
  });
  return chart(
    panels.filter(({ lines }) => lines.length > 0),
    'Solid: validation. Dashed: training.',
  );
}
