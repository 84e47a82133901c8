/** Weights between some pairs of units, drawn once: only these are stored, multiplied and learned. */
import type { Params, TensorParams } from '@gradus/core';
import {
  asarray,
  bernoulli,
  matmul,
  multiply,
  normal,
  reshape,
  scatterElements,
  take,
  transpose,
  zeros,
  type NDArray,
  type Tensor,
} from '@gradus/graph';
import type { Experience, Float, Setting } from '../module.js';
import { product } from '../product.js';
import { scaledSlope, type LocalRule } from '../rule.js';
import { gated } from './gated.js';

/**
 * Which senders reach each unit, as many places as the unit with the most has: `senders` int32 [out, places], and `present`
 * [out, places], 1 where there is a connection and 0 where the place is left over.
 *
 * @param density The probability of a connection, independently for each pair.
 * @param loops Whether a unit may be connected with the one of its own number.
 */
export function drawConnections(
  key: NDArray,
  [out, senders]: readonly [number, number],
  density: number,
  loops: boolean,
  dtype: Float,
): Params {
  const drawn = (bernoulli(key, density, [out, senders]) as NDArray).data;
  const lists = Array.from({ length: out }, (_, i) => {
    const list: number[] = [];
    for (let j = 0; j < senders; j++) if (drawn[i * senders + j] === 1 && (loops || i !== j)) list.push(j);
    return list;
  });
  const places = lists.reduce((most, { length }) => Math.max(most, length), 1);
  const fill = <T>(of: (list: readonly number[], place: number) => T): T[] =>
    lists.flatMap((list) => Array.from({ length: places }, (_, k) => of(list, k)));
  return {
    senders: asarray(
      fill((list, k) => list[k] ?? 0),
      { dtype: 'int32', shape: [out, places] },
    ),
    present: asarray(
      fill((list, k) => (k < list.length ? 1 : 0)),
      { dtype, shape: [out, places] },
    ),
  };
}

/** Normal weights where there is a connection, 0 elsewhere. */
export const initialSparse = (key: NDArray, deviation: number, dtype: Float, { present }: Params): NDArray =>
  multiply(multiply(normal(key, present.shape, { dtype }), deviation), present) as NDArray;

/** Above so many elements, the states of all senders of all units are not laid out: weights are, as a matrix. */
const MOST_ELEMENTS = 2 ** 24;

/** x `[batch, in]` by the weights: `[batch, out]`. What stands at places left over has no effect. */
export function sparseMessage({ weight, senders, present }: TensorParams, x: Tensor): Tensor {
  const [out, places] = senders.shape;
  const [batch, size] = x.shape;
  const own = multiply(weight, present);
  if (out * places * batch > MOST_ELEMENTS) {
    return product(scatterElements(zeros([out, size], weight.dtype), senders, own, { axis: 1, reduction: 'add' }), x);
  }
  const sums = matmul(reshape(own, [out, 1, places]), take(transpose(x), senders));
  return transpose(reshape(sums, [out, batch]));
}

/** The sum over samples of slope times sender, for each connection: `[out, places]`. */
export function sparseUpdate(rule: LocalRule, experience: Experience, { senders, present }: TensorParams, setting: Setting): Tensor {
  const [out, places] = senders.shape;
  const [batch, size] = experience.x.shape;
  const slope = reshape(transpose(scaledSlope(rule, experience, setting, size)), [out, batch, 1]);
  const sums = matmul(take(transpose(gated(experience)), senders), slope);
  return multiply(reshape(sums, [out, places]), present);
}
