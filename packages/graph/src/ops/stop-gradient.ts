import { apply, type Operator } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { mapTree, type MapTree } from '../tree.js';

export const StopGradient: Operator = {
  name: 'StopGradient',
  transparent: true,
  infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
  kernel: ([x]) => [x],
  batch: ({ inputs }) => apply(StopGradient, inputs, {}),
};

/** The same tensors (a tree of them) as constants to differentiation: no gradient flows back through them. */
export const stopGradient = <T>(x: T): MapTree<T, Tensor> => mapTree((leaf: Tensor) => apply(StopGradient, [leaf], {})[0], x);
