import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Not = unary('Not', {
  types: ['bool'],
  compute: (x) => x === 0,
});

/** Logical negation of a bool tensor, elementwise. ONNX Not. */
export const logicalNot = (x: TensorLike): Tensor => call1(Not, x);
