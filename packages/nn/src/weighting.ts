/** Means of values per sample or element, weighted by sample. */
import {
  cast,
  divide,
  equal,
  formatSpec,
  full,
  GradusError,
  isFloat,
  mean,
  multiply,
  reshape,
  sizeOf,
  sum,
  where,
  type Tensor,
} from '@gradus/graph';

/** total / weight, and 0, with the gradient 0, where both are 0: nothing was there to average. NaN stays NaN. */
export const ratio = (total: Tensor, weight: Tensor): Tensor => divide(total, where(equal(weight, 0), 1, weight));

/**
 * Weights of samples in the type of `values`, with axes of size 1 so that they broadcast over `values` of shape [batch, …].
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, naming the user.
 */
export function alongSamples(user: string, values: Tensor, weights: Tensor): Tensor {
  const fits = weights.shape.length === 1 && weights.shape[0] === values.shape[0];
  if (!fits || !isFloat(weights.dtype)) {
    throw new GradusError(fits ? 'DTYPE_MISMATCH' : 'SHAPE_MISMATCH', {
      what: `${user}: the weights are no float for each sample`,
      received: formatSpec(weights),
      expected: `${values.dtype}[${values.shape[0] ?? 'batch'}]`,
      fix: 'Give one weight per row of the batch.',
    });
  }
  return reshape(cast(weights, values.dtype), [weights.shape[0], ...values.shape.slice(1).map(() => 1)]);
}

/** Sum of w v and of w over all elements, where every element has its sample's weight. */
export function weightedSums(user: string, values: Tensor, weights?: Tensor): { readonly total: Tensor; readonly weight: Tensor } {
  if (weights === undefined) return { total: sum(values), weight: full([], sizeOf(values.shape), values.dtype) };
  const w = alongSamples(user, values, weights);
  return { total: sum(multiply(w, values)), weight: multiply(sum(w), sizeOf(values.shape.slice(1))) };
}

/** The mean of `values` [batch, …], where every element has its sample's weight. */
export function weightedMean(user: string, values: Tensor, weights?: Tensor): Tensor {
  if (weights === undefined) return mean(values);
  const { total, weight } = weightedSums(user, values, weights);
  return ratio(total, weight);
}
