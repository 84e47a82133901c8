/** Losses and terms that are no numbers: found, and said. */
import { GradusError } from '@gradus/graph';
import type { Reports } from './reports.js';

/** Terms that are no numbers. A metric of statistics may be undefined for one batch: an average precision without a hit. */
export const nonFiniteNames = ({ logs, statistics }: Reports): string[] =>
  Object.keys(logs).filter((name) => !Number.isFinite(logs[name]) && !(name in statistics));

/** The failure of a run whose step reported no number. */
export function nonFinite(report: Reports, step: number, epoch: number, batch: number): GradusError {
  const [term] = nonFiniteNames(report);
  const value = report.logs[term];
  const others = Object.entries(report.logs).filter(([name]) => name !== term);
  return new GradusError('NON_FINITE_LOSS', {
    what: `${term === 'loss' ? 'The loss' : `The term '${term}'`} became ${value} at step ${step} (epoch ${epoch}, batch ${batch})`,
    received:
      others.length === 0 ? String(value) : `${term} ${value}, with ${others.map(([name, number]) => `${name} ${number}`).join(', ')}`,
    expected: 'finite numbers',
    fix: 'The state before this step is kept on the trainer. Lower the learning rate, clip gradients, or check this batch for non-finite values and labels outside of the classes.',
    data: { step, epoch, batch, term },
  });
}
