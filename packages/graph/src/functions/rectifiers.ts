/** Activations that leave positive numbers (nearly) as they are and bend negative ones. See also the operators relu, elu and prelu. */
import { clip } from '../ops/clip.js';
import { divide } from '../ops/div.js';
import { elu } from '../ops/elu.js';
import { greater } from '../ops/greater.js';
import { multiply } from '../ops/mul.js';
import { prelu } from '../ops/p-relu.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';

/**
 * x where positive, else slope x, elementwise. As a PRelu with a constant slope, because ONNX's LeakyRelu stores it as float32.
 *
 * @param slope Default: 0.01, as in Maas et al. (2013) and PyTorch.
 */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => prelu(x, slope);

/** x limited to [0, 6], elementwise (Howard et al., 2017). */
export const relu6 = (x: Tensor): Tensor => clip(x, 0, 6);

/** x where above `threshold` (default: 1), else 0, elementwise. ONNX ThresholdedRelu. */
export const thresholdedRelu = (x: Tensor, threshold = 1): Tensor => where(greater(x, threshold), x, 0);

/** scale · elu(x, alpha) with the constants that keep mean 0 and variance 1 from layer to layer (Klambauer et al., 2017). */
export const selu = (x: Tensor): Tensor => multiply(elu(x, 1.6732632423543772), 1.0507009873554805);

/** alpha · elu(x / alpha), elementwise: its slope is continuous for every alpha (default: 1) (Barron, 2017). */
export const celu = (x: Tensor, alpha = 1): Tensor => (alpha === 1 ? elu(x) : multiply(elu(divide(x, alpha)), alpha));
