/** What a metric of programs is: sums over samples, which add up over batches, and numbers from the sums. */
import type { Direction } from '@gradus/core';
import type { ScoredSample } from '../run-batch.js';

/** Sums by name. Vectors keep their length from batch to batch. */
export type Sums = Readonly<Record<string, readonly number[]>>;

/**
 * A metric of what a program answered. Since it is made of sums over samples, that of many batches is that of all their samples together.
 *
 * @example
 * const shortAnswers: ProgramMetric = {
 *   name: 'short',
 *   direction: 'max',
 *   sums: (samples) => ({ short: [samples.filter(({ output }) => String(output).length < 10).length], all: [samples.length] }),
 *   results: { short: ({ short, all }) => short[0] / all[0] },
 * };
 */
export interface ProgramMetric {
  /** Appears in messages. */
  readonly name: string;
  /** Whether smaller or larger values are better; `null` where neither is. */
  readonly direction: Direction | null;
  sums(samples: readonly ScoredSample[]): Sums;
  /** The numbers that are reported, by their names: most metrics have one. */
  readonly results: Readonly<Record<string, (sums: Sums) => number>>;
}
