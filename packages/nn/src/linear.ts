/** Products with weights. */
import { add, matmul, reshape, type Tensor } from '@gradus/graph';

/**
 * x · weight + bias over the last axis, as one product of two matrices whatever the leading axes are: its gradient for the weight is
 * one product too, and no sum of many.
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const rows = x.shape.length === 2 ? x : reshape(x, [-1, x.shape[x.shape.length - 1]]);
  const product = matmul(rows, weight);
  const y = bias === undefined ? product : add(product, bias);
  return rows === x ? y : reshape(y, [...x.shape.slice(0, -1), weight.shape[1]]);
}
