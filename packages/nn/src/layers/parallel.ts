/** Layers side by side. */
import { checkOptions, oneOf, rules } from '@gradus/core';
import { add, concat, GradusError, maximum, multiply, type Tensor } from '@gradus/graph';
import { requireLayer, type Layer, type LayerLike } from '../layer.js';
import { composite } from './composite.js';

export interface ParallelOptions {
  /** How the outputs become one: behind one another along `axis`, or elementwise. Default: `'concat'`. */
  readonly merge?: 'concat' | 'sum' | 'product' | 'mean' | 'max';
  /** Where `'concat'` puts outputs behind one another. Default: -1, features; 1 for the channels of images. */
  readonly axis?: number;
}

/**
 * All layers applied to the same input, their outputs merged. Parameters get the layer's place as a prefix: `0.weight`, `1.weight`.
 * @throws `INVALID_ARGUMENT` for an empty list, a member that is neither layer nor function, and options that are not usable;
 *   `SHAPE_MISMATCH`, when applied, for outputs that do not fit together.
 * @example parallel([conv2d({ in: 8, out: 8, kernel: 1 }), conv2d({ in: 8, out: 8, kernel: 3, padding: 'same' })], { axis: 1 });
 */
export function parallel(members: readonly LayerLike[], options: ParallelOptions = {}): Layer {
  const { merge = 'concat', axis = -1 } = options;
  checkOptions('parallel', options, { merge: oneOf('concat', 'sum', 'product', 'mean', 'max'), axis: rules.finite });
  members.forEach((member, i) => requireLayer(`Member ${i} of parallel()`, member));
  if (members.length === 0) {
    throw new GradusError('INVALID_ARGUMENT', { what: 'parallel() got no layers', received: '[]', expected: 'one layer or more' });
  }
  const merged = (outputs: readonly Tensor[]): Tensor => {
    switch (merge) {
      case 'concat':
        return concat(outputs, { axis });
      case 'sum':
        return outputs.reduce((a, b) => add(a, b));
      case 'product':
        return outputs.reduce((a, b) => multiply(a, b));
      case 'mean':
        return multiply(
          outputs.reduce((a, b) => add(a, b)),
          1 / outputs.length,
        );
      case 'max':
        return outputs.reduce((a, b) => maximum(a, b));
    }
  };
  const places = Object.fromEntries(members.map((member, i) => [String(i), member]));
  return composite(places, (call, x) => merged(members.map((_, i) => call(String(i), x))));
}
