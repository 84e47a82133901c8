/** One number from each channel of each example. */
import { max } from '../ops/reduce-max.js';
import { mean } from '../ops/reduce-mean.js';
import type { Tensor } from '../tensor.js';

const space = (x: Tensor): number[] => x.shape.map((_, axis) => axis).filter((axis) => axis > 1);

/**
 * The mean over all spatial axes, which stay with size 1. ONNX GlobalAveragePool.
 *
 * @param x `[batch, channels, …space]`.
 * @example globalAveragePool(images); // [32, 16, 28, 28] gives [32, 16, 1, 1]
 */
export const globalAveragePool = (x: Tensor): Tensor => mean(x, { axes: space(x), keepDims: true });

/**
 * The maximum over all spatial axes, which stay with size 1; equal largest elements share the gradient. ONNX GlobalMaxPool.
 *
 * @param x `[batch, channels, …space]`.
 * @example globalMaxPool(images); // [32, 16, 28, 28] gives [32, 16, 1, 1]
 */
export const globalMaxPool = (x: Tensor): Tensor => max(x, { axes: space(x), keepDims: true });
