/** What layers that drop at random share. */
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
  type Shape,
  type Tensor,
} from '@gradus/graph';
import type { Layer } from './layer.js';

/** Steps of the probability: 16 random bits decide about one coin, so that a random word serves two. */
const LEVELS = 2 ** 16;

/**
 * A layer that, while training, multiplies its input with a mask of 0 and 1 / (1 - rate).
 *
 * @param maskOf The mask's shape, which broadcasts to the input's.
 * @throws `INVALID_ARGUMENT` for a rate outside of 0 to below 1.
 */
export function dropping(name: string, rate: number, maskOf: (x: Tensor) => Shape): Layer {
  if (!(rate >= 0 && rate < 1)) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `The rate of ${name} is not usable`,
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
      training && drops ? multiply(x, multiply(cast(coins(key, maskOf(x), kept), x.dtype), LEVELS / kept)) : x,
  };
}

/** `true` in `kept` of 65,536 cases, for each element. */
function coins(key: Tensor, shape: Shape, kept: number): Tensor {
  const size = sizeOf(shape);
  const words = bits(key, [Math.ceil(size / 2)]);
  const halves = concat([bitwiseAnd(words, LEVELS - 1), bitwiseRightShift(words, 16)]);
  return reshape(less(cast(slice(halves, { stop: size }), 'int32'), kept), shape);
}
