/** Relatives of the sigmoid and of softplus. */
import { add } from '../ops/add.js';
import { clip } from '../ops/clip.js';
import { multiply } from '../ops/mul.js';
import { negative } from '../ops/neg.js';
import { softplus } from '../ops/softplus.js';
import { sqrt } from '../ops/sqrt.js';
import type { Tensor } from '../tensor.js';

/** log(sigmoid(x)), elementwise, without overflow. */
export const logSigmoid = (x: Tensor): Tensor => negative(softplus(negative(x)));

/** alpha x + beta limited to [0, 1], elementwise. Default: x / 6 + 1/2, as in PyTorch and Keras; ONNX's HardSigmoid has an alpha of 0.2. */
export const hardSigmoid = (x: Tensor, { alpha = 1 / 6, beta = 0.5 }: { readonly alpha?: number; readonly beta?: number } = {}): Tensor =>
  clip(add(multiply(x, alpha), beta), 0, 1);

/** x limited to [low, high] (default: [-1, 1]), elementwise. */
export const hardTanh = (x: Tensor, low = -1, high = 1): Tensor => clip(x, low, high);

/**
 * (x + √(x² + b)) / 2, elementwise: a softplus without exponentials (Barron, 2021).
 *
 * @param b Width of the bend. Default: 4, with which it meets softplus' slope of 1/2 and curvature of 1/4 at 0.
 */
export const squareplus = (x: Tensor, b = 4): Tensor => multiply(add(x, sqrt(add(multiply(x, x), b))), 0.5);
