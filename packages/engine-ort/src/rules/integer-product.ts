/** Products of integers over axes as elementwise products: ONNX Runtime's ReduceProd of integers goes through double. */
import { associativeScan, multiply, reshape, sizeOf, slice, transpose, type RewriteRule } from '@gradus/graph';

/** With ReduceProd, int64 loses its low bits beyond 2^53 and int32 saturates; Mul is exact and wraps. */
export const integerProduct: RewriteRule = (node, [x]) => {
  const { operator, attributes, outputs } = node;
  if (operator.name !== 'ReduceProd' || (x.dtype !== 'int32' && x.dtype !== 'int64') || sizeOf(x.shape) === 0) return null;
  const axes = attributes.axes as readonly number[];
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const length = axes.reduce((product, axis) => product * x.shape[axis], 1);
  const rows = reshape(transpose(x, [...kept, ...axes]), [sizeOf(x.shape) / length, length]);
  return [reshape(slice(associativeScan(multiply, rows), { axis: 1, start: length - 1 }), outputs[0].shape)];
};
