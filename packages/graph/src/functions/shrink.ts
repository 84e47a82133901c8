/** Functions that are 0 around 0. */
import { add } from '../ops/add.js';
import { greater } from '../ops/greater.js';
import { less } from '../ops/less.js';
import { subtract } from '../ops/sub.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';

/**
 * 0 where |x| <= lambd, elsewhere x moved toward 0 by `bias`, elementwise. ONNX Shrink.
 *
 * @param options.lambd Default: 0.5.
 * @param options.bias Default: 0.
 */
export function shrink(x: Tensor, { lambd = 0.5, bias = 0 }: { readonly lambd?: number; readonly bias?: number } = {}): Tensor {
  return where(greater(x, lambd), subtract(x, bias), where(less(x, -lambd), add(x, bias), 0));
}

/** x, but 0 where |x| <= lambd (default: 0.5), elementwise. */
export const hardShrink = (x: Tensor, lambd = 0.5): Tensor => shrink(x, { lambd });

/** x moved toward 0 by lambd (default: 0.5), and 0 where |x| is smaller, elementwise: the proximal operator of the L1 norm. */
export const softShrink = (x: Tensor, lambd = 0.5): Tensor => shrink(x, { lambd, bias: lambd });
