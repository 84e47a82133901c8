import { eye, GradusError, multiply, type NDArray } from '@gradus/graph';
import type { Initializer } from '../initializer.js';

/**
 * A matrix with `gain` (default: 1) on its main diagonal and zeros beside it.
 * @throws `INVALID_ARGUMENT`, when called, for a shape that is no matrix's.
 */
export function identity({ gain = 1 }: { readonly gain?: number } = {}): Initializer {
  return (_key, shape, dtype = 'float32') => {
    if (shape.length !== 2) {
      throw new GradusError('INVALID_ARGUMENT', {
        what: 'identity makes matrices',
        received: `[${shape.join(', ')}]`,
        expected: 'a shape of two axes',
      });
    }
    return multiply(eye(shape[0], shape[1], { dtype }), gain) as NDArray;
  };
}
