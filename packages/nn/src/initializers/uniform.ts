import { uniform as uniformOf, type NDArray } from '@gradus/graph';
import type { Initializer } from '../initializer.js';

/**
 * Uniform in [low, high).
 * @param options Default: from -0.05 to 0.05, as in Keras.
 * @throws `INVALID_ARGUMENT`, when called, unless low < high and both are finite.
 */
export const uniform =
  ({ low = -0.05, high = 0.05 }: { readonly low?: number; readonly high?: number } = {}): Initializer =>
  (key, shape, dtype = 'float32') =>
    uniformOf(key, shape, { low, high, dtype }) as NDArray;
