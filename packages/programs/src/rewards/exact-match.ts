import { checkOptions } from '@gradus/core';
import { sameJson } from '../json.js';
import { makeMask, maskRules, type MaskOptions } from '../masks.js';
import { reductionRule, type Reduction, type SimpleReward } from './reward.js';

export interface ExactMatchOptions extends MaskOptions {
  /** From the rewards of a batch to one. Default: `mean`. */
  readonly reduction?: Reduction;
}

/**
 * 1 where the output is the target, else 0: as JSON, so that the order of names does not matter, and of the fields that masks leave. Where
 * one of them is `null` it is 0.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * exactMatch({ outMask: ['thinking'] });
 */
export function exactMatch(options: ExactMatchOptions = {}): SimpleReward {
  checkOptions('exactMatch', options, { ...maskRules, reduction: reductionRule });
  const { reduction = 'mean', ...masks } = options;
  const masked = makeMask(masks);
  return {
    name: 'exact_match',
    reduction,
    score: (target, output) => (target !== null && output !== null && sameJson(masked(target), masked(output)) ? 1 : 0),
  };
}
