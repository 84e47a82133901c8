/** How often something is due: every so many epochs, steps, or minutes. */
import type { Rule, TrainContext } from '@gradus/core';

/** One of the three. Epochs count from the first, steps from the first; minutes from the last time. */
export type Cadence = { readonly epochs: number } | { readonly steps: number } | { readonly minutes: number };

export const cadence: Rule = {
  expected: '{ epochs: n } or { steps: n } with a whole number of 1 or more, or { minutes: n } with a number above 0',
  accepts(v) {
    if (typeof v !== 'object' || v === null || Object.keys(v).length !== 1) return false;
    const [[unit, n]] = Object.entries(v) as [string, unknown][];
    if (unit === 'minutes') return typeof n === 'number' && Number.isFinite(n) && n > 0;
    return (unit === 'epochs' || unit === 'steps') && Number.isInteger(n) && (n as number) >= 1;
  },
};

/** Whether epochs alone decide, so that steps need not be looked at. */
export const isByEpoch = (every: Cadence): every is { readonly epochs: number } => 'epochs' in every;

/** Keeps count of what is due. Minutes are those of a clock that nobody sets. */
export class Due {
  readonly #every: Cadence;
  #last = performance.now();

  constructor(every: Cadence) {
    this.#every = every;
  }

  /** Asked at the end of an epoch, counted from 0. */
  atEpoch(epoch: number): boolean {
    return 'epochs' in this.#every && (epoch + 1) % this.#every.epochs === 0;
  }

  /** Asked at the end of a step. */
  atStep({ step }: Pick<TrainContext, 'step'>): boolean {
    if ('steps' in this.#every) return step % this.#every.steps === 0;
    if (!('minutes' in this.#every) || performance.now() - this.#last < this.#every.minutes * 60_000) return false;
    this.#last = performance.now();
    return true;
  }
}
