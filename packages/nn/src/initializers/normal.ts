import { add, multiply, normal as normalOf, type NDArray } from '@gradus/graph';
import type { Initializer } from '../initializer.js';

/**
 * Normally distributed.
 * @param options.deviation Default: 0.05, as in Keras.
 */
export const normal =
  ({ mean = 0, deviation = 0.05 }: { readonly mean?: number; readonly deviation?: number } = {}): Initializer =>
  (key, shape, dtype = 'float32') =>
    add(multiply(normalOf(key, shape, { dtype }), deviation), mean) as NDArray;
