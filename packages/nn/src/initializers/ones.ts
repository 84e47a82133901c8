import { ones as onesOf } from '@gradus/graph';
import type { Initializer } from '../initializer.js';

export const ones: Initializer = (_key, shape, dtype = 'float32') => onesOf(shape, dtype);
