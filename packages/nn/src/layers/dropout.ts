/** Dropout. */
import {
  bits,
  bitwiseAnd,
  bitwiseRightShift,
  cast,
  concat,
  GradusError,
  less,
  multiply,
  reshape,
  sizeOf,
  slice,
  type Tensor,
} from '@gradus/graph';
import type { Layer } from '../layer.js';

/** Steps of the probability: 16 random bits decide about one element, so that a random word serves two. */
const LEVELS = 2 ** 16;

/**
 * Sets a share `rate` of the elements to zero while training and scales the others by 1 / (1 - rate), so that the mean stays;
 * does nothing in `evaluate` and `predict`. The mask comes from the step's key: the same bits on every engine.
 * Source: Srivastava et al. (2014), in its inverted form.
 *
 * @param rate From 0 to below 1, rounded to a multiple of 2^-16, since random words are most of its cost; 0 adds nothing to the graph.
 * @throws `INVALID_ARGUMENT` for another rate.
 */
export function dropout(rate: number): Layer {
  if (!(rate >= 0 && rate < 1)) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'The rate of dropout is not usable',
      received: String(rate),
      expected: 'a number from 0 to below 1',
    });
  }
  const kept = Math.max(1, Math.round((1 - rate) * LEVELS));
  const drops = kept < LEVELS;
  return {
    random: drops,
    init: () => ({}),
    apply: (_params, x, { key, training }) =>
      training && drops ? multiply(x, multiply(cast(coins(key, x, kept), x.dtype), LEVELS / kept)) : x,
  };
}

/** `true` in `kept` of 65,536 cases, for each element of `x`. */
function coins(key: Tensor, x: Tensor, kept: number): Tensor {
  const size = sizeOf(x.shape);
  const words = bits(key, [Math.ceil(size / 2)]);
  const halves = concat([bitwiseAnd(words, LEVELS - 1), bitwiseRightShift(words, 16)]);
  return reshape(less(cast(slice(halves, { stop: size }), 'int32'), kept), x.shape);
}
