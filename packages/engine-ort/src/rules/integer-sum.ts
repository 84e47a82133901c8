/** Sums of integers as products with a column of ones: ONNX Runtime's ReduceSum of integers goes through double. */
import { full, MatMul, Node, reshape, sizeOf, transpose, type RewriteRule } from '@gradus/graph';

/** With ReduceSum, int64 loses its low bits beyond 2^53 and int32 saturates; its integer MatMul is exact and wraps. */
export const integerSum: RewriteRule = (node, [x]) => {
  const { operator, attributes, outputs } = node;
  if (operator.name !== 'ReduceSum' || (x.dtype !== 'int32' && x.dtype !== 'int64') || sizeOf(x.shape) === 0) return null;
  const axes = attributes.axes as readonly number[];
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const length = axes.reduce((product, axis) => product * x.shape[axis], 1);
  const order = [...kept, ...axes];
  const turned = order.every((axis, i) => axis === i) ? x : transpose(x, order);
  const matrix = reshape(turned, [sizeOf(x.shape) / length, length]);
  const product = new Node(MatMul, [matrix, full([length, 1], 1, x.dtype)], {}, [{ dtype: x.dtype, shape: [matrix.shape[0], 1] }]);
  return [reshape(product.outputs[0], outputs[0].shape)];
};
