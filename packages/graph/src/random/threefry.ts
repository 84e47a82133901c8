/**
 * Threefry-2x32, 20 rounds: two words of random bits from a key and a counter, by additions, rotations and exclusive ors.
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011). The same function as JAX's.
 */
import { asarray } from '../ndarray.js';
import { add } from '../ops/add.js';
import { bitwiseLeftShift, bitwiseRightShift } from '../ops/bit-shift.js';
import { bitwiseOr } from '../ops/bitwise-or.js';
import { bitwiseXor } from '../ops/bitwise-xor.js';
import type { Tensor } from '../tensor.js';

const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;
const PARITY = 0x1bd11bda;

/** Of words from 0 to 2^32 - 1, put into `out` at two places. */
export function threefry(out: Uint32Array, first: number, second: number, [k0, k1]: Uint32Array, c0: number, c1: number): void {
  let [a, b, c] = [k0, k1, k0 ^ k1 ^ PARITY];
  let x0 = (c0 + a) | 0;
  let x1 = (c1 + b) | 0;
  for (let group = 1; group <= 5; group++) {
    const rotations = ROTATIONS[(group - 1) % 2];
    for (let i = 0; i < 4; i++) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << rotations[i]) | (x1 >>> (32 - rotations[i]))) ^ x0;
    }
    x0 = (x0 + b) | 0;
    x1 = (x1 + c + group) | 0;
    [a, b, c] = [b, c, a];
  }
  out[first] = x0;
  out[second] = x1;
}

const word = (value: number): Tensor => asarray(Uint32Array.of(value));

/** Of tensors of words, in integer operators. */
export function threefryOf([k0, k1]: readonly [Tensor, Tensor], [c0, c1]: readonly [Tensor, Tensor]): [Tensor, Tensor] {
  let [a, b, c] = [k0, k1, bitwiseXor(bitwiseXor(k0, k1), word(PARITY))];
  let x0 = add(c0, a);
  let x1 = add(c1, b);
  for (let group = 1; group <= 5; group++) {
    for (const bits of ROTATIONS[(group - 1) % 2]) {
      x0 = add(x0, x1);
      x1 = bitwiseXor(bitwiseOr(bitwiseLeftShift(x1, word(bits)), bitwiseRightShift(x1, word(32 - bits))), x0);
    }
    x0 = add(x0, b);
    x1 = add(x1, add(c, word(group)));
    [a, b, c] = [b, c, a];
  }
  return [x0, x1];
}
