/** Uniform random words, written in integer operators so that every engine gives the same bits. */
import { asarray } from '../ndarray.js';
import { requireDType, shapeError } from '../operator.js';
import { add } from '../ops/add.js';
import { bitwiseLeftShift, bitwiseRightShift } from '../ops/bit-shift.js';
import { bitwiseOr } from '../ops/bitwise-or.js';
import { bitwiseXor } from '../ops/bitwise-xor.js';
import { concat } from '../ops/concat.js';
import { reshape } from '../ops/reshape.js';
import { slice } from '../ops/slice.js';
import { sizeOf, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { threefry, type Words } from './threefry.js';

const word = (value: number): Tensor => asarray(Uint32Array.of(value));

const tensorWords: Words<Tensor> = {
  add,
  xor: bitwiseXor,
  rotateLeft: (a, n) => bitwiseOr(bitwiseLeftShift(a, word(n)), bitwiseRightShift(a, word(32 - n))),
  constant: word,
};

/**
 * Independent uniform `uint32` words, one Threefry block per two: block i has the counters (i, i + half), as in JAX's
 * non-partitionable layout.
 */
export function bits(key: Tensor, shape: Shape): Tensor {
  requireDType('random bits', key, ['uint32'], 'a key');
  if (key.shape.length !== 1 || key.shape[0] !== 2) throw shapeError('random bits', 'not a key', [key], 'uint32[2]', 'Make one with randomKey(seed) or split(key).');
  const size = sizeOf(shape);
  const half = Math.ceil(size / 2);
  const counter = (start: number, end: number): Tensor => asarray(Uint32Array.from({ length: half }, (_, i) => (start + i < end ? start + i : 0)));
  const [first, second] = threefry(
    tensorWords,
    [slice(key, { start: 0, stop: 1 }), slice(key, { start: 1, stop: 2 })],
    [counter(0, size), counter(half, size)],
  );
  return reshape(slice(concat([first, second]), { stop: size }), shape);
}
