/** Metrics of repeated tries: a batch holds the answers to one problem. Chen et al., "Evaluating large language models trained on code" (2021). */
import { checkOptions, rules, type Direction } from '@gradus/core';
import type { ProgramMetric } from './metric.js';

export interface PassOptions {
  /** Tries, from 1; at most those of the batch. */
  readonly k: number;
  /** A try with at least this reward passes. Default: 1. */
  readonly threshold?: number;
  /** What reports call it. */
  readonly name?: string;
}

/**
 * The chance that at least one of `k` tries passes, 1 - C(n - c, k) / C(n, k) for c passes among the n samples of a batch; the mean over
 * batches. Make batches of one problem: repeat each sample n times, with `batchSize: n` and `shuffle: false`.
 * @throws `INVALID_ARGUMENT`.
 */
export const passAtK = (options: PassOptions): ProgramMetric => passMetric('passAtK', 'pass_at', 'max', options, someOf);

/** The chance that all of `k` tries pass, C(c, k) / C(n, k); else as {@link passAtK}. Yao et al., "tau-bench" (2024). */
export const passHatK = (options: PassOptions): ProgramMetric => passMetric('passHatK', 'pass_hat', 'max', options, allOf);

/** {@link passAtK} less {@link passHatK}: how unreliable the program is. Smaller is better. */
export const gapK = (options: PassOptions): ProgramMetric =>
  passMetric('gapK', 'gap', 'min', options, (n, c, k) => someOf(n, c, k) - allOf(n, c, k));

const someOf = (n: number, passed: number, k: number): number => 1 - allOf(n, n - passed, k);

/** C(c, k) / C(n, k), factor by factor, so that nothing overflows. */
function allOf(n: number, passed: number, k: number): number {
  let chance = 1;
  for (let i = 0; i < k; i++) chance *= Math.max(passed - i, 0) / (n - i);
  return chance;
}

function passMetric(
  owner: string,
  prefix: string,
  direction: Direction,
  options: PassOptions,
  chance: (n: number, passed: number, k: number) => number,
): ProgramMetric {
  checkOptions(owner, options, { k: rules.positiveCount, threshold: rules.finite, name: rules.text }, ['k']);
  const { k, threshold = 1, name = `${prefix}_${k}` } = options;
  return {
    name,
    direction,
    sums(samples) {
      const passed = samples.filter(({ reward }) => (reward ?? 0) >= threshold).length;
      return { total: [chance(samples.length, passed, Math.min(k, samples.length))], batches: [1] };
    },
    results: { [name]: ({ total, batches }) => total[0] / batches[0] },
  };
}
