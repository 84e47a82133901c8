/** Random choices: each follows from its key alone. */
import { foldIn, gumbel, permutation, uniform, type NDArray } from '@gradus/graph';

/** How members of a list are chosen by their rewards. */
export type Sampling = 'softmax' | 'best' | 'random';

export interface DrawOptions {
  readonly sampling: Sampling;
  /** Of the softmax: the smaller, the more the best are preferred. */
  readonly temperature: number;
}

/** The keys of the choices of one step; streams that no sample of the step uses. */
export const choiceKey = (key: NDArray, choice: number): NDArray => foldIn(foldIn(key, CHOICES), choice);

const CHOICES = 0xffffffff;

/** A number in [0, 1). */
export const draw = (key: NDArray): number => Number((uniform(key, [1], { dtype: 'float64' }) as NDArray).data[0]);

/** A whole number from `low` to `high`. */
export const drawInteger = (key: NDArray, low: number, high: number): number => low + Math.floor(draw(key) * (high - low + 1));

/** One item, each as likely as the others. */
export const drawOne = <T>(key: NDArray, items: readonly T[]): T => items[drawInteger(key, 0, items.length - 1)];

/** A seed for functions that take one: a whole number from 0 to 2^32 - 1. */
export const seedOf = (key: NDArray): number => (key.data as Uint32Array)[0];

/**
 * `count` different items: the best by reward (the first of equal ones), any, or with the probabilities of softmax(reward / temperature),
 * one after the other without putting back. The last is drawn by the largest of rewards with Gumbel noise: Kool et al., "Stochastic beams
 * and where to find them" (2019).
 */
export function drawMany<T>(key: NDArray, items: readonly T[], rewards: readonly number[], count: number, options: DrawOptions): T[] {
  if (items.length <= 1) return items.slice(0, count);
  const { sampling, temperature } = options;
  if (sampling === 'random') return chosen(items, (permutation(key, items.length) as NDArray).data, count);
  const noise = sampling === 'best' ? null : (gumbel(key, [items.length], { dtype: 'float64' }) as NDArray).data;
  const keys = rewards.map((reward, i) => (noise === null ? reward : reward / temperature + Number(noise[i])));
  const order = items.map((_, i) => i).sort((a, b) => keys[b] - keys[a]);
  return chosen(items, order, count);
}

const chosen = <T>(items: readonly T[], order: ArrayLike<number | bigint>, count: number): T[] =>
  Array.from(order, (i) => items[Number(i)]).slice(0, count);
