/** Erf of float64, which ONNX Runtime has in float32 only, by the interpreter's own approximation. */
import {
  abs,
  add,
  divide,
  erfCoefficients,
  exp,
  lessEqual,
  minimum,
  multiply,
  negative,
  sign,
  subtract,
  where,
  type RewriteRule,
  type Tensor,
} from '@gradus/graph';

const polynomial = (x: Tensor, [first, second, ...rest]: readonly number[]): Tensor =>
  rest.reduce<Tensor>((value, c) => add(multiply(value, x), c), add(first === 1 ? x : multiply(x, first), second));

export const wideErf: RewriteRule = (node, [x]) => {
  if (node.operator.name !== 'Erf' || x.dtype !== 'float64') return null;
  const { limit, near, far } = erfCoefficients;
  const size = minimum(abs(x), 6);
  const square = multiply(size, size);
  const inner = divide(multiply(x, polynomial(square, near.p)), polynomial(square, near.q));
  const tail = divide(multiply(exp(negative(square)), polynomial(size, far.p)), polynomial(size, far.q));
  return [where(lessEqual(size, limit), inner, multiply(sign(x), subtract(1, tail)))];
};
