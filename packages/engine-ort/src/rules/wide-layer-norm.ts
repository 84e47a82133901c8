/** LayerNormalization of float64, whose statistics ONNX Runtime gives in float32 and whose kernel is slow: composed. */
import { add, mean, multiply, rsqrt, square, subtract, type RewriteRule } from '@gradus/graph';

export const wideLayerNorm: RewriteRule = ({ operator, attributes }, [x, scale, bias]) => {
  if (operator.name !== 'LayerNormalization' || x.dtype !== 'float64') return null;
  const { axis, epsilon } = attributes as unknown as { readonly axis: number; readonly epsilon: number };
  const over = { axes: x.shape.map((_, i) => i).filter((i) => i >= axis), keepDims: true };
  const center = mean(x, over);
  const centered = subtract(x, center);
  const factor = rsqrt(add(mean(square(centered), over), epsilon));
  return [add(multiply(multiply(centered, factor), scale), bias), center, factor];
};
