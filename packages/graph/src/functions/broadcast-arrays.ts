/** Tensors brought to one shape. */
import { broadcastOrThrow } from '../elementwise.js';
import { broadcastTo } from '../ops/expand.js';
import type { Tensor } from '../tensor.js';

/** Every tensor broadcast to the shape that all of them broadcast to. @throws `SHAPE_MISMATCH` where there is none. */
export function broadcastArrays(tensors: readonly Tensor[]): readonly Tensor[] {
  const shape = broadcastOrThrow('broadcastArrays', tensors);
  return tensors.map((x) => broadcastTo(x, shape));
}
