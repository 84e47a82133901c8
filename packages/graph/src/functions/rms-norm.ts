/** Root mean square normalisation. */
import { add } from '../ops/add.js';
import { customGradient } from '../ops/custom-gradient.js';
import { multiply } from '../ops/mul.js';
import { mean } from '../ops/reduce-mean.js';
import { subtract } from '../ops/sub.js';
import { shapeError } from '../operator.js';
import { normalizeAxis, sameShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { rsqrt } from './rsqrt.js';
import { square } from './square.js';

/**
 * Root mean square normalisation (Zhang & Sennrich 2019): `x / √(mean(x²) + epsilon) * scale` over the last axes.
 *
 * @param options.axis The first of the axes that are normalised together, which reach to the last. Default: -1.
 * @param options.scale Of the shape of the normalised axes. Default: none.
 * @param options.epsilon Against a division by 0. Default: 1e-5, as ONNX has it.
 * @throws `SHAPE_MISMATCH` for a scale of another shape; `INVALID_AXIS`.
 * @example rmsNorm(tokens, { scale }); // [16, 64, 128], with a scale of [128]
 */
export function rmsNorm(x: Tensor, options: { readonly axis?: number; readonly scale?: Tensor; readonly epsilon?: number } = {}): Tensor {
  const { scale, epsilon = 1e-5 } = options;
  const first = normalizeAxis('rmsNorm', options.axis ?? -1, x.shape.length);
  if (scale !== undefined && !sameShape(scale.shape, x.shape.slice(first))) {
    throw shapeError('rmsNorm', 'the scale does not fit', [x, scale], `[${x.shape.slice(first).join(', ')}], the normalised axes`);
  }
  const over = { axes: x.shape.map((_, axis) => axis).filter((axis) => axis >= first), keepDims: true };
  const factor = rsqrt(add(mean(square(x), over), epsilon));
  const normal = multiply(x, factor);
  // Stated, because going back through mean and root one by one takes longer.
  const back = (g: Tensor): Tensor => multiply(factor, subtract(g, multiply(normal, mean(multiply(g, normal), over))));
  const y = customGradient((_: Tensor) => [normal, (g: Tensor) => [back(g)]] as const)(x);
  return scale === undefined ? y : multiply(y, scale);
}
