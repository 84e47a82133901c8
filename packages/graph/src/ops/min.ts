import { shareOfWinner } from '../share-of-winner.js';
import { equal } from './equal.js';
import { less } from './less.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Min = binary('Min', {
  compute: (a, b) => (a < b || a !== a ? a : b),
  gradient: (a, b, _y, g) => shareOfWinner(less(a, b), equal(a, b), g),
});

/** The smaller of a and b, elementwise with broadcasting. ONNX Min. Where they are equal, each gets half the gradient. */
export const minimum = (a: TensorLike, b: TensorLike): Tensor => call2(Min, a, b);
