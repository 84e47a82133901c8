/** Sums over the first axis of a matrix as a product with a row of ones: several times faster in ONNX Runtime. */
import { MatMul, Node, ones, reshape, type RewriteRule } from '@gradus/graph';

/**
 * The gradient of a bias is such a sum. ONNX Runtime's ReduceSum takes 62 us for float32[256, 256] on the CPU it was measured
 * on, the product 8 us; below a few rows there is nothing to gain.
 */
export const sumOfRows: RewriteRule = (node, [x]) => {
  const { operator, attributes } = node;
  if (operator.name !== 'ReduceSum' || x.dtype !== 'float32' || x.shape.length !== 2 || x.shape[0] < 8) return null;
  const axes = attributes.axes as readonly number[];
  if (axes.length !== 1 || axes[0] !== 0) return null;
  const [rows, columns] = x.shape;
  const product = new Node(MatMul, [ones([1, rows]), x], {}, [{ dtype: 'float32', shape: [1, columns] }]);
  return [reshape(product.outputs[0], node.outputs[0].shape)];
};
