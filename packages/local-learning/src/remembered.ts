/** Functions of a tensor whose results are kept as long as the tensor is. */
import type { Tensor } from '@gradus/graph';

/** So that what weights amount to is worked out once, however many messages they carry. */
export function remembered(fn: (tensor: Tensor) => Tensor): (tensor: Tensor) => Tensor {
  const known = new WeakMap<Tensor, Tensor>();
  return (tensor) => {
    const result = known.get(tensor) ?? fn(tensor);
    known.set(tensor, result);
    return result;
  };
}
