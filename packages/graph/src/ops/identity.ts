import { apply, type Operator } from '../operator.js';
import type { Tensor } from '../tensor.js';

export const Identity: Operator = {
  name: 'Identity',
  infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
  kernel: ([x]) => [x],
  gradient: ({ cotangent }) => [cotangent],
  batch: ({ inputs }) => apply(Identity, inputs, {}),
};

/** x itself, as a value of its own. ONNX Identity. */
export const identity = (x: Tensor): Tensor => apply(Identity, [x], {})[0];
