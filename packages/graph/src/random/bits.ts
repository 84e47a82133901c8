/** Uniform random words, written in integer operators so that every engine gives the same bits. */
import { GradusError } from '../errors.js';
import { asarray, NDArray } from '../ndarray.js';
import { requireDType, shapeError } from '../operator.js';
import { concat } from '../ops/concat.js';
import { reshape } from '../ops/reshape.js';
import { slice } from '../ops/slice.js';
import { currentLine } from '../origin.js';
import { checkShape, sameShape, sizeOf, type Shape } from '../shape.js';
import { isTensor, type Tensor } from '../tensor.js';
import { threefry, threefryOf } from './threefry.js';

/**
 * Independent uniform `uint32` words, one Threefry block per two: block i has the counters (i, i + half), as in JAX's
 * non-partitionable layout.
 *
 * @param key `uint32[2]`, from {@link randomKey} or {@link split}; used once.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH` or `INVALID_ARGUMENT` for something that is not a key.
 */
export function bits(key: Tensor, shape: Shape): Tensor {
  requireKey(key);
  checkShape('random bits', shape);
  const size = sizeOf(shape);
  const half = Math.ceil(size / 2);
  // A block past the end of an odd size counts from 0, as in JAX; its second word is cut off.
  const counter = (i: number): number => (i < size ? i : 0);
  if (key instanceof NDArray) {
    const words = new Uint32Array(2 * half);
    for (let i = 0; i < half; i++) threefry(words, i, half + i, key.data as Uint32Array, i, counter(half + i));
    return new NDArray('uint32', shape, words.subarray(0, size));
  }
  const counters = (start: number): Tensor => asarray(Uint32Array.from({ length: half }, (_, i) => counter(start + i)));
  const [first, second] = threefryOf([slice(key, { start: 0, stop: 1 }), slice(key, { start: 1, stop: 2 })], [counters(0), counters(half)]);
  return reshape(slice(concat([first, second]), { stop: size }), shape);
}

const KEY = { expected: 'uint32[2]', fix: 'Make one with randomKey(seed) or split(key).' };

/** Throws unless `key` is `uint32[2]`. */
export function requireKey(key: Tensor): void {
  if (isTensor(key)) requireDType('random bits', key, ['uint32'], 'a key');
  else
    throw new GradusError('INVALID_ARGUMENT', { what: 'Random numbers want a key first', received: typeof key, ...KEY, at: currentLine() });
  if (!sameShape(key.shape, [2])) {
    throw shapeError('random bits', 'not a key', [key], KEY.expected, KEY.fix);
  }
}
