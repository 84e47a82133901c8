import { argExtreme, positionOf, type ArgOptions } from '../arg-extreme.js';
import type { Tensor } from '../tensor.js';

export const ArgMin = argExtreme('ArgMin', (a, b) => a < b);

/** Index of the smallest element along an axis (default: the last), the first one on a tie, as `int32`. ONNX ArgMin. */
export const argmin = (x: Tensor, options: ArgOptions = {}): Tensor => positionOf(ArgMin, x, options);
