/** Random keys: two `uint32` words that name one stream. A key is used once; `split` and `foldIn` make new ones. */
import { GradusError } from '../errors.js';
import { asarray, NDArray } from '../ndarray.js';
import { slice } from '../ops/slice.js';
import { reshape } from '../ops/reshape.js';
import type { Tensor } from '../tensor.js';
import { bits } from './bits.js';
import { numberWords, threefry } from './threefry.js';

/** The key of an integer seed from 0 to 2^53 - 1. @throws `INVALID_SEED` for anything else. */
export function randomKey(seed: number): NDArray {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new GradusError('INVALID_SEED', { what: 'A seed must be a whole number', received: String(seed), expected: 'an integer from 0 to 2^53 - 1' });
  }
  return asarray(Uint32Array.of(Math.floor(seed / 2 ** 32), seed >>> 0));
}

/** `count` independent keys from one (default: 2). Works on symbols and arrays. */
export function split(key: Tensor, count = 2): Tensor[] {
  const words = bits(key, [count, 2]);
  return Array.from({ length: count }, (_, i) => reshape(slice(words, { start: i, stop: i + 1 }), [2]));
}

/** The key of stream number `index` under a concrete `key`: one per step, epoch, layer or worker. */
export function foldIn(key: NDArray, index: number): NDArray {
  const [hi, lo] = randomKey(index).data as Uint32Array;
  const [k0, k1] = key.data as Uint32Array;
  return asarray(Uint32Array.from(threefry(numberWords, [k0, k1], [hi, lo])));
}
