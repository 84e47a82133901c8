import { zeros as zerosOf } from '@gradus/graph';
import type { Initializer } from '../initializer.js';

export const zeros: Initializer = (_key, shape, dtype = 'float32') => zerosOf(shape, dtype);
