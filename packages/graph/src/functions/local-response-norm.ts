/** Normalisation by the squares of neighbouring channels. */
import { add } from '../ops/add.js';
import { divide } from '../ops/div.js';
import { multiply } from '../ops/mul.js';
import { pad } from '../ops/pad.js';
import { pow } from '../ops/pow.js';
import { shapeError } from '../operator.js';
import { tapsAlong } from '../taps.js';
import type { Tensor } from '../tensor.js';
import { square } from './square.js';

/**
 * Local response normalisation (Krizhevsky, Sutskever & Hinton 2012): `x / (bias + alpha / size * sum)^beta`, where `sum` is that
 * of the squares of `size` channels around each. ONNX LRN; where `size` is even, the channel more is after.
 *
 * @param x `[batch, channels, …]`.
 * @param options Default: `alpha` 1e-4, `beta` 0.75, `bias` 1.
 * @throws `SHAPE_MISMATCH` for an x without channels, or a size below 1.
 * @example localResponseNorm(images, 5);
 */
export function localResponseNorm(
  x: Tensor,
  size: number,
  options: { readonly alpha?: number; readonly beta?: number; readonly bias?: number } = {},
): Tensor {
  const { alpha = 1e-4, beta = 0.75, bias = 1 } = options;
  if (x.shape.length < 2 || !Number.isInteger(size) || size < 1) {
    throw shapeError('localResponseNorm', `no ${size} channels`, [x], '[batch, channels, …], and a size of 1 or more');
  }
  const before = Math.floor((size - 1) / 2);
  const squares = pad(square(x), { axis: 1, before, after: size - 1 - before });
  const total = tapsAlong(squares, 1, { size, stride: 1, dilation: 1, count: x.shape[1] }).reduce((a, b) => add(a, b));
  return divide(x, pow(add(multiply(total, alpha / size), bias), beta));
}
