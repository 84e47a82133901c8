/** What was tried and how good it was: candidates of an epoch, and the population that is kept. */
import type { Json } from '@gradus/core';
import { canonicalJson } from '../json.js';
import { identity, valueOf, type Candidate, type Prediction, type Trainable, type Value } from '../trainable.js';

/**
 * Notes that the variable's value got `reward`. A value that was measured before keeps the mean of all its rewards, so that one lucky batch
 * does not decide.
 */
export function measured(variable: Trainable, reward: number): Trainable {
  const own = identity(variable);
  const again = (pool: readonly Candidate[]): Candidate[] | null => {
    const at = pool.findIndex((candidate) => identity(candidate) === own);
    if (at === -1) return null;
    const { reward: before, count } = pool[at];
    return pool.with(at, { ...pool[at], reward: (before * count + reward) / (count + 1), count: count + 1 } as Candidate);
  };
  const candidates = again(variable.candidates);
  if (candidates !== null) return { ...variable, candidates };
  const bestCandidates = again(variable.bestCandidates);
  if (bestCandidates !== null) return { ...variable, bestCandidates };
  return { ...variable, candidates: [...variable.candidates, { ...valueOf(variable), reward, count: 1 } as Candidate] };
}

/** Whether the variable's value was ever measured, as far as is remembered. */
export function isMeasured(variable: Trainable): boolean {
  const own = identity(variable);
  return poolOf(variable).some((candidate) => identity(candidate) === own);
}

/** Everything to choose from, the newest finds first. */
export const poolOf = ({ candidates, bestCandidates }: Trainable): Candidate[] => [...candidates, ...bestCandidates];

/** By reward, the largest first; equal ones stay in their order. */
export const byReward = (pool: readonly Candidate[]): Candidate[] => pool.toSorted((a, b) => b.reward - a.reward);

/** The variable with the best value known; as it is where none is known. */
export function atBest(variable: Trainable): Trainable {
  const best = byReward(poolOf(variable)).at(0);
  return best === undefined ? variable : withValue(variable, valueOf(best));
}

export const withValue = (variable: Trainable, value: Value): Trainable => ({ ...variable, ...value });

/** The epoch's finds are forgotten: those that were good are in the population. */
export const beginEpoch = (variable: Trainable): Trainable => ({ ...variable, predictions: [], candidates: [] });

/** Takes what the program made on a training batch. */
export const withPredictions = (variable: Trainable, predictions: readonly Prediction[]): Trainable => ({
  ...variable,
  predictions: [...variable.predictions, ...predictions],
  nbVisit: predictions.length,
  cumulativeReward: predictions.reduce((sum, { reward }) => sum + (reward ?? 0), 0),
});

/** The end of an epoch: `survivors` are kept, the best value is put in place and noted when it is another than the last. */
export function endEpoch(variable: Trainable, survivors: readonly Candidate[]): Trainable {
  const next = atBest(variable);
  const best = valueOf(next);
  const last = variable.history.at(-1);
  const changed = last === undefined || canonicalJson(last as Json) !== canonicalJson(best as Json);
  return { ...next, bestCandidates: survivors, history: changed ? [...variable.history, best] : variable.history };
}
