/** Inverses of lower triangular matrices, all blocks of one size at a time. */
import { eye } from './functions/creation.js';
import { stack } from './functions/axes.js';
import { add } from './ops/add.js';
import { concat } from './ops/concat.js';
import { matmul } from './ops/mat-mul.js';
import { negative } from './ops/neg.js';
import { pad } from './ops/pad.js';
import { reciprocal } from './ops/reciprocal.js';
import { slice } from './ops/slice.js';
import { splitAxis } from './ops/split.js';
import { reshape } from './ops/reshape.js';
import { zeros } from './ndarray.js';
import type { Tensor } from './tensor.js';

/**
 * The inverse of `[…, n, n]`, of which only the lower triangle is read. About 12 log2(n) operators, whose products of blocks take
 * n^3 / 3 multiplications (Higham, Accuracy and Stability of Numerical Algorithms, 2002, chapter 14).
 */
export function triangularInverse(x: Tensor): Tensor {
  const n = x.shape[x.shape.length - 1];
  const full = n <= 1 ? n : 2 ** Math.ceil(Math.log2(n));
  if (full === n) return n === 0 ? x : inverse(x);
  // Ones on the rest of the diagonal, so that halving never leaves half an element.
  const leading = x.shape.slice(0, -2);
  const pads = [...leading.map((): [number, number] => [0, 0]), [0, full - n] as const, [0, full - n] as const];
  const ones = pad(eye(full - n, full - n, { dtype: x.dtype }), {
    pads: [
      [n, 0],
      [n, 0],
    ],
  });
  return slice(inverse(add(pad(x, { pads }), ones)), [
    { axis: -2, stop: n },
    { axis: -1, stop: n },
  ]);
}

/** [[A, 0], [C, B]] has the inverse [[A', 0], [-B' C A', B']]; those of A and B are found together, as a batch. */
function inverse(x: Tensor): Tensor {
  const n = x.shape[x.shape.length - 1];
  if (n === 1) return reciprocal(x);
  const [top, bottom] = splitAxis(x, 2, { axis: -2 });
  const [a] = splitAxis(top, 2, { axis: -1 });
  const [c, b] = splitAxis(bottom, 2, { axis: -1 });
  const [first, second] = splitAxis(inverse(stack([a, b])), 2).map((half) => reshape(half, a.shape));
  const corner = negative(matmul(matmul(second, c), first));
  const upper = concat([first, zeros(a.shape, x.dtype)], { axis: -1 });
  return concat([upper, concat([corner, second], { axis: -1 })], { axis: -2 });
}
