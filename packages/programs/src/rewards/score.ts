/** Rewards of samples and of batches, also where a reward is a sum of others. */
import { GradusError } from '@gradus/graph';
import type { Json } from '@gradus/core';
import { reduce, type Reward, type RewardContext, type SimpleReward } from './reward.js';

/** The simple rewards that a reward is made of, each with its weight in the sum. */
export function simpleRewards(reward: Reward): readonly { readonly reward: SimpleReward; readonly weight: number }[] {
  if (!('parts' in reward)) return [{ reward, weight: 1 }];
  return reward.parts.flatMap(({ reward: part, weight }) =>
    simpleRewards(part).map((simple) => ({ reward: simple.reward, weight: weight * simple.weight })),
  );
}

/** What each simple reward says of one answer, in the order of `simpleRewards`. */
export type Scores = readonly (number | null)[];

/** @throws `INVALID_REPORT` for a reward that is no finite number; and what the rewards throw. */
export async function scoreSample(reward: Reward, target: Json, output: Json, context: RewardContext): Promise<Scores> {
  const scores: (number | null)[] = [];
  for (const { reward: simple } of simpleRewards(reward)) {
    const score = await simple.score(target, output, context);
    if (score !== null && !Number.isFinite(score)) {
      throw new GradusError('INVALID_REPORT', {
        what: `Reward '${simple.name}' gave no reward`,
        received: String(score),
        expected: 'a finite number, or null where it cannot be told',
      });
    }
    scores.push(score);
  }
  return scores;
}

/** The reward of one sample; `null` where no part of it can be told. */
export function rewardOf(reward: Reward, scores: Scores): number | null {
  if (scores.every((score) => score === null)) return null;
  return simpleRewards(reward).reduce((sum, { weight }, i) => sum + weight * (scores[i] ?? 0), 0);
}

/** The reward of a batch, with that of each part. */
export function reduceBatch(reward: Reward, samples: readonly Scores[]): { readonly total: number; readonly parts: readonly number[] } {
  const simple = simpleRewards(reward);
  const parts = simple.map(({ reward: { reduction } }, i) =>
    reduce(
      samples.map((scores) => scores[i] ?? 0),
      reduction,
    ),
  );
  return { total: simple.reduce((sum, { weight }, i) => sum + weight * parts[i], 0), parts };
}
