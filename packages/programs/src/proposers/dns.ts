import { checkOptions, rules } from '@gradus/core';
import type { JsonObject } from '../json.js';
import { ownFields } from '../trainable.js';
import { ownDistance } from './own-distance.js';
import { byReward } from './population.js';
import type { Survival } from './survival.js';

export interface DnsOptions {
  /** Neighbours that are looked at, k. Default: 5. */
  readonly neighbors?: number;
  /**
   * How far the own fields of two candidates are from each other, 0 or more; may be async, for embeddings. Default: {@link ownDistance},
   * which compares the words of texts.
   */
  readonly distance?: (a: JsonObject, b: JsonObject) => number | Promise<number>;
}

/**
 * Dominated novelty search: a candidate stays when it is good, or unlike those that are better. Its competition fitness is the mean
 * distance to the k nearest among candidates with a larger reward (to all of them where they are fewer); that of the best is infinite.
 *
 * Source: Bahlous-Boldi, Faldor et al., "Dominated novelty search: rethinking local competition in quality-diversity" (2025),
 * arXiv:2502.00593.
 * @throws `INVALID_ARGUMENT`.
 * @example
 * evolutionary({ mutate, survival: dns({ neighbors: 3 }) });
 */
export function dns(options: DnsOptions = {}): Survival {
  checkOptions('dns', options, { neighbors: rules.positiveCount, distance: rules.method });
  const { neighbors = 5, distance = ownDistance } = options;
  return async (pool, size) => {
    const ranked = byReward(pool);
    const fitness: number[] = [];
    for (const candidate of ranked) {
      const distances: number[] = [];
      for (const other of ranked.filter(({ reward }) => reward > candidate.reward)) {
        distances.push(await distance(ownFields(candidate), ownFields(other)));
      }
      fitness.push(competitionFitness(distances, neighbors));
    }
    const order = ranked.map((_, i) => i).sort((a, b) => compare(fitness[b], fitness[a]));
    return order.slice(0, size).map((i) => ranked[i]);
  };
}

function competitionFitness(distances: readonly number[], neighbors: number): number {
  if (distances.length === 0) return Infinity;
  const nearest = distances.toSorted((a, b) => a - b).slice(0, neighbors);
  return nearest.reduce((sum, value) => sum + value, 0) / nearest.length;
}

/** Infinities are equal to each other. */
const compare = (a: number, b: number): number => (a === b ? 0 : a - b);
