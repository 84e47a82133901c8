import { checkOptions, rules, type Json } from '@gradus/core';
import { makeMask, maskRules, type MaskOptions } from '../masks.js';
import { reduce, reductionRule, type Reduction, type RewardContext, type SimpleReward } from './reward.js';

/** The reward of an answer, or of each of its fields; `null` where it cannot be told. */
export type RewardFunction = (
  target: Json,
  output: Json,
  context: RewardContext,
) => number | null | readonly number[] | Promise<number | null | readonly number[]>;

export interface RewardFunctionOptions extends MaskOptions {
  /** What reports call it. Default: the function's own name. */
  readonly name?: string;
  /** From the rewards of fields to that of a sample, and from those of a batch to one. Default: `mean`. */
  readonly reduction?: Reduction;
}

/**
 * A reward from a function. It is not asked about programs that failed: these get 0.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * const short = rewardFunction((_target, output) => 1 / (1 + String(output).length), { name: 'short' });
 */
export function rewardFunction(fn: RewardFunction, options: RewardFunctionOptions = {}): SimpleReward {
  checkOptions('rewardFunction', { fn, ...options }, { fn: rules.method, ...maskRules, name: rules.text, reduction: reductionRule }, [
    'fn',
  ]);
  const { name = fn.name || 'reward_function', reduction = 'mean', ...masks } = options;
  const masked = makeMask(masks);
  return {
    name,
    reduction,
    async score(target, output, context) {
      if (output === null) return 0;
      const score = await fn(masked(target), masked(output), context);
      return typeof score === 'object' && score !== null ? reduce(score, reduction) : score;
    },
  };
}
