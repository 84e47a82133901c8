/** Records of tensors, one per parameter, in the order of the gradients. */
import type { TensorParams } from '@gradus/core';
import { add, cast, multiply, sqrt, sum, type Tensor } from '@gradus/graph';

/** `fn` of each parameter's tensor and name. */
export const perParameter = (tensors: TensorParams, fn: (tensor: Tensor, name: string) => Tensor): TensorParams =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, fn(tensor, name)]));

/** The joint norm of all tensors, at least one, in the element type of the first. */
export function globalNorm(tensors: TensorParams): Tensor {
  const list = Object.values(tensors);
  const { dtype } = list[0];
  const squares = list.map((g) => cast(sum(multiply(g, g)), dtype));
  return sqrt(squares.reduce((total: Tensor, square) => add(total, square)));
}
