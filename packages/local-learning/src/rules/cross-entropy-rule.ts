import { add, multiply, softmax, subtract } from '@gradus/graph';
import type { LocalRule } from '../rule.js';

/**
 * The gradient of the cross-entropy of softmax(field) against labels ±1 by the field: softmax(field) - (y + 1) / 2. For the edges of a
 * readout with one unit for each class.
 */
export const crossEntropyRule = (): LocalRule => ({
  name: 'crossEntropyRule',
  average: 'mean',
  slope: (y, field) => subtract(softmax(field), multiply(add(y, 1), 0.5)),
});
