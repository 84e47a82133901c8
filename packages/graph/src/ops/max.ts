import { shareOfWinner } from '../share-of-winner.js';
import { equal } from './equal.js';
import { greater } from './greater.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Max = binary('Max', {
  compute: (a, b) => (a > b || a !== a ? a : b),
  gradient: (a, b, _y, g) => shareOfWinner(greater(a, b), equal(a, b), g),
});

/** The larger of a and b, elementwise with broadcasting. ONNX Max. Where they are equal, each gets half the gradient. */
export const maximum = (a: TensorLike, b: TensorLike): Tensor => call2(Max, a, b);
