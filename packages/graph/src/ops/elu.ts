import { add } from './add.js';
import { greater } from './greater.js';
import { multiply } from './mul.js';
import { where } from './where.js';
import { call1, unary } from '../elementwise.js';
import { toTensor, type Tensor, type TensorLike } from '../tensor.js';

/** Its alpha is always 1: ONNX stores attributes as float32, and a float64 graph must not lose digits to that. */
export const Elu = unary('Elu', {
  compute: (x) => (x > 0 ? x : Math.expm1(x)),
  gradient: (x, y, g) => where(greater(x, 0), g, multiply(g, add(y, 1))),
});

/**
 * x where positive, else alpha (e^x - 1), elementwise. ONNX Elu (Clevert et al., 2015).
 *
 * @param alpha Minus the limit at -Infinity. Default: 1, with which the slope is continuous.
 */
export function elu(x: TensorLike, alpha: TensorLike = 1): Tensor {
  const input = toTensor(x);
  const curve = call1(Elu, input);
  return alpha === 1 ? curve : where(greater(input, 0), input, multiply(curve, alpha));
}
