/** Who stays in the population at the end of an epoch. */
import type { Candidate } from '../trainable.js';
import { byReward } from './population.js';

/**
 * Chooses at most `size` of `pool`. It may be async: distances may come from embeddings.
 * @param pool Everything measured, no two alike.
 */
export type Survival = (pool: readonly Candidate[], size: number) => readonly Candidate[] | Promise<readonly Candidate[]>;

/** The best by reward. */
export const survivalOfTheBest: Survival = (pool, size) => byReward(pool).slice(0, size);
