/** Arrays of Gradus as tensors of ONNX Runtime, and back. */
import { NDArray, type DType, type TypedArray } from '@gradus/graph';
import type { OrtRuntime, OrtTensor } from './runtime.js';

/** Shares the array's data, unless that is shared memory, which ONNX Runtime refuses: then it is copied. */
export function toOrt(runtime: OrtRuntime, { dtype, data, shape }: NDArray): OrtTensor {
  const own = data.buffer instanceof ArrayBuffer ? data : data.slice();
  return new runtime.Tensor(dtype, own as never, shape);
}

/** Wraps the data, which the binding has already copied out of the runtime. */
export const fromOrt = (tensor: OrtTensor): NDArray => new NDArray(tensor.type as DType, tensor.dims, tensor.data as TypedArray);
