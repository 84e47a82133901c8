/** Standard scores over axes, as ONNX has them. */
import { add } from '../ops/add.js';
import { divide } from '../ops/div.js';
import { mean } from '../ops/reduce-mean.js';
import { sqrt } from '../ops/sqrt.js';
import { subtract } from '../ops/sub.js';
import type { Tensor } from '../tensor.js';
import { variance } from './variance.js';

/**
 * `(x - mean) / (√variance + 1e-9)` over axes. ONNX MeanVarianceNormalization. Where the variance is 0 the result is 0 and its
 * gradient NaN: in a net use `instanceNorm` or `layerNorm`.
 *
 * @param options.axes Default: `[0, 2, 3]`, all but the channels of images.
 * @throws `INVALID_AXIS`.
 * @example meanVarianceNormalization(images);
 */
export function meanVarianceNormalization(x: Tensor, options: { readonly axes?: number | readonly number[] } = {}): Tensor {
  const over = { axes: options.axes ?? [0, 2, 3], keepDims: true };
  return divide(subtract(x, mean(x, over)), add(sqrt(variance(x, over)), 1e-9));
}
