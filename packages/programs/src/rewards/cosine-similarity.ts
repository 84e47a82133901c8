import { checkOptions, rules } from '@gradus/core';
import { leavesOf } from '../leaves.js';
import { makeMask, maskRules, type MaskOptions } from '../masks.js';
import { reduce, reductionRule, type Reduction, type SimpleReward } from './reward.js';

/** Texts to vectors of one length. */
export type Embed = (texts: readonly string[]) => Promise<readonly (readonly number[])[]> | readonly (readonly number[])[];

export interface CosineSimilarityOptions extends MaskOptions {
  /** What makes vectors of texts: a model of your choice. */
  readonly embed: Embed;
  /** From the rewards of fields to that of a sample, and from those of a batch to one. Default: `mean`. */
  readonly reduction?: Reduction;
}

/**
 * How near each field of the output is to that of the target in meaning: (cos + 1) / 2, from 0 to 1. Fields are compared as texts, in the
 * order of their names; one that only target or output has counts as 0. A failed program gets 0.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * cosineSimilarity({ embed: (texts) => embeddings.embed(texts), inMask: ['answer'] });
 */
export function cosineSimilarity(options: CosineSimilarityOptions): SimpleReward {
  checkOptions('cosineSimilarity', options, { ...maskRules, embed: rules.method, reduction: reductionRule }, ['embed']);
  const { embed, reduction = 'mean', ...masks } = options;
  const masked = makeMask(masks);
  return {
    name: 'cosine_similarity',
    reduction,
    async score(target, output) {
      if (target === null || output === null) return 0;
      const [wanted, given] = [target, output].map((value) => leavesOf(masked(value)).map(String));
      const vectors = await embed([...wanted, ...given]);
      const fields = Array.from({ length: Math.max(wanted.length, given.length) }, (_, i) =>
        i < wanted.length && i < given.length ? (cosine(vectors[i], vectors[wanted.length + i]) + 1) / 2 : 0,
      );
      return reduce(fields, reduction);
    },
  };
}

/** 0 where one of the vectors has no direction. */
function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, i) => sum + value * b[i], 0);
  const norms = Math.hypot(...a) * Math.hypot(...b);
  return norms === 0 ? 0 : dot / norms;
}
