/** Random keys: two `uint32` words that name one stream. A key is used once; `split` and `foldIn` make new ones. */
import { GradusError } from '../errors.js';
import { asarray, NDArray } from '../ndarray.js';
import { concat } from '../ops/concat.js';
import { slice } from '../ops/slice.js';
import { reshape } from '../ops/reshape.js';
import type { Tensor } from '../tensor.js';
import { bits, requireKey } from './bits.js';
import { threefry, threefryOf } from './threefry.js';

/** The key of an integer seed from 0 to 2^53 - 1. @throws `INVALID_SEED` for anything else. */
export function randomKey(seed: number): NDArray {
  return asarray(words('A seed', seed));
}

/** A whole number as two words, the high one first. */
function words(what: string, value: number): Uint32Array {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new GradusError('INVALID_SEED', {
      what: `${what} must be a whole number`,
      received: String(value),
      expected: 'an integer from 0 to 2^53 - 1',
    });
  }
  return Uint32Array.of(Math.floor(value / 2 ** 32), value >>> 0);
}

/** `count` independent keys from one (default: 2). Works on symbols and arrays. As JAX's `split`. */
export function split(key: Tensor, count = 2): Tensor[] {
  const all = bits(key, [count, 2]);
  return Array.from({ length: count }, (_, i) => reshape(slice(all, { start: i, stop: i + 1 }), [2]));
}

/**
 * The key of stream number `index` (0 to 2^53 - 1) under `key`: one per step, epoch, layer or worker. As JAX's `fold_in` for an
 * index below 2^32.
 *
 * @example const keyOfStep = foldIn(randomKey(42), step);
 */
export function foldIn<Key extends Tensor>(key: Key, index: number): Key {
  requireKey(key);
  const [hi, lo] = words('The index of a stream', index);
  if (key instanceof NDArray) {
    const own = new Uint32Array(2);
    threefry(own, 0, 1, key.data as Uint32Array, hi, lo);
    return asarray(own) as Key;
  }
  const parts = [slice(key, { start: 0, stop: 1 }), slice(key, { start: 1, stop: 2 })] as const;
  return concat(threefryOf(parts, [asarray(Uint32Array.of(hi)), asarray(Uint32Array.of(lo))])) as Key;
}
