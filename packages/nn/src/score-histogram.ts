/** Scores of positives and negatives in bins: what the areas under ROC and precision-recall curves are made of. */
import { checkOptions, rules } from '@gradus/core';
import {
  broadcastTo,
  cast,
  clip,
  floor,
  full,
  isnan,
  multiply,
  reshape,
  scatterElements,
  sigmoid,
  sizeOf,
  subtract,
  where,
  zeros,
  type Tensor,
} from '@gradus/graph';
import type { Metric } from './metric.js';
import { asBooleans } from './targets.js';
import { alongSamples } from './weighting.js';

export interface ScoreOptions {
  /** Scores in one bin count as equal. 2 or more; default: 512. */
  readonly bins?: number;
  /**
   * Whether outputs are logits, or probabilities in bins of equal width. Only the order of scores counts, so logits z are put into bins by
   * sigmoid(z / 4), which keeps confident ones apart. Default: `true`.
   */
  readonly fromLogits?: boolean;
  /** What reports call the metric. */
  readonly name?: string;
}

/** Weighted counts by bin, from the lowest scores: float [bins] each. */
export interface ScoreHistogram {
  readonly positives: Tensor;
  readonly negatives: Tensor;
}

/** A metric of which larger values are better. @throws `INVALID_ARGUMENT` for options of `${name}With` that are not usable. */
export function scoreMetric(name: string, options: ScoreOptions, result: (histogram: ScoreHistogram) => Tensor): Metric {
  const atLeastTwo = { expected: 'a whole number of 2 or more', accepts: (v: unknown) => Number.isInteger(v) && (v as number) >= 2 };
  checkOptions(`${name}With`, options, { bins: atLeastTwo, fromLogits: rules.flag, name: rules.text });
  const { bins = 512, fromLogits = true } = options;
  return {
    name: options.name ?? name,
    direction: 'max',
    statistics(outputs, targets, weights) {
      const positive = cast(asBooleans(name, outputs, targets), outputs.dtype);
      const counts =
        weights === undefined ? full(outputs.shape, 1, outputs.dtype) : broadcastTo(alongSamples(name, outputs, weights), outputs.shape);
      const place = binOf(fromLogits ? sigmoid(multiply(outputs, 0.25)) : outputs, bins);
      const positives = multiply(counts, positive);
      return { positives: histogram(place, positives, bins), negatives: histogram(place, subtract(counts, positives), bins) };
    },
    result: ({ positives, negatives }) => result({ positives, negatives }),
  };
}

/** The bin of equal width that holds each number from 0 to 1; others, and NaN, go to the nearest or first one. int32 of x's shape. */
export const binOf = (x: Tensor, bins: number): Tensor => cast(clip(floor(multiply(where(isnan(x), 0, x), bins)), 0, bins - 1), 'int32');

/** The sum of the values in each bin: float [bins]. */
export function histogram(bin: Tensor, values: Tensor, bins: number): Tensor {
  const size = sizeOf(bin.shape);
  return scatterElements(zeros([bins], values.dtype), reshape(bin, [size]), reshape(values, [size]), { reduction: 'add' });
}
