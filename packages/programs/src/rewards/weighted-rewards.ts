import { rules } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import type { CompositeReward, Reward } from './reward.js';
import { simpleRewards } from './score.js';

/**
 * The sum of rewards, each times its weight; each is also reported by itself, as `<name>_reward`.
 *
 * @throws `INVALID_ARGUMENT` for no rewards or a weight that is no finite number; `DUPLICATE_NAME`.
 * @example
 * weightedRewards([[exactMatch(), 1], [short, 0.1]]);
 */
export function weightedRewards(parts: readonly (readonly [reward: Reward, weight: number])[]): CompositeReward {
  const wrong = parts.find(([, weight]) => !rules.finite.accepts(weight));
  if (parts.length === 0 || wrong !== undefined) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'weightedRewards cannot weigh these',
      received: wrong === undefined ? 'no rewards' : `the weight ${String(wrong[1])} of '${wrong[0].name}'`,
      expected: 'at least one [reward, weight], each weight a finite number',
    });
  }
  const whole: CompositeReward = { name: 'weighted', parts: parts.map(([reward, weight]) => ({ reward, weight })) };
  const names = simpleRewards(whole).map(({ reward }) => reward.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return whole;
  throw new GradusError('DUPLICATE_NAME', {
    what: `Two rewards are named '${twice}'`,
    received: names.join(', '),
    expected: 'a name of its own for each: it is the name in the reports',
    fix: "Give one of them another name: { ...reward, name: '…' }.",
  });
}
