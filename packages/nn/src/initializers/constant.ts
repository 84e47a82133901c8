import { full } from '@gradus/graph';
import type { Initializer } from '../initializer.js';

/** Every element the same. */
export const constant =
  (value: number): Initializer =>
  (_key, shape, dtype = 'float32') =>
    full(shape, value, dtype);
