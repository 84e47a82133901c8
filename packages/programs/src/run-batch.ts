/** All samples of a batch: run, scored, and what went wrong. */
import type { Emit, Json, Variables } from '@gradus/core';
import { foldIn, isGradusError, type NDArray } from '@gradus/graph';
import type { Sample } from './json-data.js';
import { mapConcurrently } from './map-concurrently.js';
import type { Reward } from './rewards/reward.js';
import { rewardOf, scoreSample, simpleRewards, type Scores } from './rewards/score.js';
import type { Ran, Recorded, Told } from './run-context.js';
import type { Prediction } from './trainable.js';

/** A sample after its run. */
export interface ScoredSample {
  readonly input: Json;
  readonly target: Json;
  /** `null` where the run failed. */
  readonly output: Json;
  /** `null` where it cannot be told. */
  readonly reward: number | null;
  readonly scores: Scores;
  readonly recorded: readonly Recorded[];
}

export interface BatchParts {
  readonly run: (variables: Variables, input: Json, told: Told) => Promise<Ran>;
  readonly reward: Reward;
  readonly concurrency: number;
  readonly onError: 'zero' | 'throw';
}

/** Codes of mistakes in the program or its reward: they would fail for every sample, so that no run hides them. */
const MISTAKES = ['UNKNOWN_NAME', 'NOT_JSON', 'INVALID_REPORT', 'INVALID_ARGUMENT'];

/** Runs and scores `samples`, several at once; the order of the results is theirs. */
export function runBatch(
  { run, reward, concurrency, onError }: BatchParts,
  variables: Variables,
  samples: readonly Sample[],
  context: { readonly key: NDArray; readonly training: boolean; readonly emit: Emit | null },
): Promise<ScoredSample[]> {
  const { training, emit } = context;
  return mapConcurrently(samples, concurrency, async ({ input, target = null }, number) => {
    const key = foldIn(context.key, number);
    const { output, recorded, thrown } = await run(variables, input, { key, training, emit: emit ?? ignore });
    const scored = (answer: Json, scores: Scores): ScoredSample => ({
      input,
      target,
      output: answer,
      reward: rewardOf(reward, scores),
      scores,
      recorded,
    });
    try {
      if (thrown !== null) throw thrown.error;
      return scored(output, await scoreSample(reward, target, output, { input, key, training, emit }));
    } catch (error) {
      if (onError === 'throw' || MISTAKES.some((code) => isGradusError(error, code))) throw error;
      emit?.('sample_failed', { sample: number, message: error instanceof Error ? error.message : String(error) });
      return scored(
        null,
        simpleRewards(reward).map(() => 0),
      );
    }
  });
}

const ignore: Emit = () => {};

/** What each variable took part in, in the order of the samples. */
export function predictionsOf(samples: readonly ScoredSample[]): Record<string, readonly Prediction[]> {
  const predictions: Record<string, Prediction[]> = {};
  for (const { recorded, reward } of samples) {
    for (const { name, inputs, outputs } of recorded) (predictions[name] ??= []).push({ inputs, outputs, reward });
  }
  return predictions;
}
