/** Counts per class, from which the metrics of classifiers are made: how often predicted, how often there, how often both. */
import { cast, full, multiply, oneHot, reshape, sizeOf, sum, broadcastTo, type Tensor } from '@gradus/graph';
import { decisions, type BinaryOptions } from './decisions.js';
import { alongSamples } from './weighting.js';

/** Weighted counts, float [classes] each. They say nothing of which other class was predicted instead. */
export interface ClassCounts {
  readonly [name: string]: Tensor;
  /** Samples of the class that were predicted as such. */
  readonly hits: Tensor;
  readonly predicted: Tensor;
  readonly actual: Tensor;
}

export function classCounts(
  user: string,
  outputs: Tensor,
  targets: Tensor,
  weights: Tensor | undefined,
  options: BinaryOptions,
): ClassCounts {
  const { predicted, actual, classes } = decisions(user, outputs, targets, options);
  const size = sizeOf(actual.shape);
  const w =
    weights === undefined
      ? full([size], 1, outputs.dtype)
      : reshape(broadcastTo(alongSamples(user, cast(actual, outputs.dtype), weights), actual.shape), [size]);
  const [p, a] = [predicted, actual].map((labels) => oneHot(reshape(labels, [size]), classes, outputs.dtype));
  const column = reshape(w, [size, 1]);
  const weighted = multiply(p, column);
  return {
    hits: sum(multiply(weighted, a), { axes: 0 }),
    predicted: sum(weighted, { axes: 0 }),
    actual: sum(multiply(a, column), { axes: 0 }),
  };
}
