import { argExtreme, positionOf, type ArgOptions } from '../arg-extreme.js';
import type { Tensor } from '../tensor.js';

export const ArgMax = argExtreme('ArgMax', (a, b) => a > b);

/** Index of the largest element along an axis (default: the last), the first one on a tie, as `int32`. ONNX ArgMax. */
export const argmax = (x: Tensor, options: ArgOptions = {}): Tensor => positionOf(ArgMax, x, options);
