/** What a reward is: a number for each answer of a program, larger is better. */
import { oneOf, type Emit, type Json } from '@gradus/core';
import type { NDArray } from '@gradus/graph';

/** How rewards of several samples, or of several fields, become one. */
export type Reduction = 'mean' | 'sum' | 'min' | 'max';

export const reductionRule = oneOf('mean', 'sum', 'min', 'max');

/** What a reward is told besides target and output. */
export interface RewardContext {
  readonly input: Json;
  /** The random key of this sample: `uint32[2]`. */
  readonly key: NDArray;
  readonly training: boolean;
  /** Reports an event; `null` when nobody listens. */
  readonly emit: Emit | null;
}

type Awaitable<T> = T | Promise<T>;

/** A reward by itself. */
export interface SimpleReward {
  readonly name: string;
  /** From the rewards of a batch to one number. */
  readonly reduction: Reduction;
  /**
   * The reward of one answer; `null` where it cannot be told, which counts as 0.
   * @param output `null` where the program failed.
   */
  score(target: Json, output: Json, context: RewardContext): Awaitable<number | null>;
}

/** A weighted sum of rewards. */
export interface CompositeReward {
  readonly name: string;
  readonly parts: readonly { readonly reward: Reward; readonly weight: number }[];
}

export type Reward = SimpleReward | CompositeReward;

/** One number of many; 0 of none. */
export function reduce(values: readonly number[], reduction: Reduction): number {
  if (values.length === 0) return 0;
  if (reduction === 'min') return Math.min(...values);
  if (reduction === 'max') return Math.max(...values);
  const total = values.reduce((sum, value) => sum + value, 0);
  return reduction === 'sum' ? total : total / values.length;
}
