/** Signs as bits: -0 has one too. */
import { abs } from '../ops/abs.js';
import { divide } from '../ops/div.js';
import { less } from '../ops/less.js';
import { negative } from '../ops/neg.js';
import { logicalOr } from '../ops/or.js';
import { where } from '../ops/where.js';
import { toTensor, type Tensor, type TensorLike } from '../tensor.js';

/** True where x is below 0, or -0, elementwise. For a NaN, whose sign ONNX cannot see, `false`. */
export const signbit = (x: Tensor): Tensor => logicalOr(less(x, 0), less(divide(1, x), 0));

/** |a| with the sign of b, elementwise with broadcasting. The gradient at a = 0 is 0. */
export function copysign(a: Tensor, b: TensorLike): Tensor {
  const size = abs(a);
  return where(signbit(toTensor(b, a.dtype)), negative(size), size);
}
