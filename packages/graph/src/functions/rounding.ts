/** Rounding toward zero, and whole quotients. */
import { isFloat } from '../dtype.js';
import { ceil } from '../ops/ceil.js';
import { divide } from '../ops/div.js';
import { floor } from '../ops/floor.js';
import { less } from '../ops/less.js';
import { remainder } from '../ops/mod.js';
import { round } from '../ops/round.js';
import { subtract } from '../ops/sub.js';
import { where } from '../ops/where.js';
import { isTensor, toTensor, type Tensor, type TensorLike } from '../tensor.js';

/** x without its fraction, elementwise. No gradient flows. */
export const trunc = (x: Tensor): Tensor => where(less(x, 0), ceil(x), floor(x));

/**
 * The largest integer not above a / b, elementwise with broadcasting: what goes with {@link remainder}, so that
 * a = b floorDivide(a, b) + remainder(a, b). No gradient flows through floats.
 * @throws `DIVISION_BY_ZERO` in the interpreter when an integer is divided by 0. ONNX Runtime may end the process instead.
 */
export function floorDivide(a: TensorLike, b: TensorLike): Tensor {
  const dtype = isTensor(a) ? a.dtype : isTensor(b) ? b.dtype : undefined;
  const [x, y] = [toTensor(a, dtype), toTensor(b, dtype)];
  const quotient = divide(subtract(x, remainder(x, y)), y);
  // It is whole up to rounding.
  return isFloat(quotient.dtype) ? round(quotient) : quotient;
}
