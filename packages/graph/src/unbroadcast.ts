/** The gradient of broadcasting: a sum over the axes it added or stretched. */
import { reshape } from './ops/reshape.js';
import { sum } from './ops/reduce-sum.js';
import { sameShape, type Shape } from './shape.js';
import type { Tensor } from './tensor.js';

/** Sums a gradient over the axes that broadcasting added or stretched. */
export function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const extra = gradient.shape.length - shape.length;
  const axes = gradient.shape.map((_, i) => i).filter((i) => i < extra || (shape[i - extra] === 1 && gradient.shape[i] !== 1));
  return reshape(sum(gradient, { axes }), shape);
}
