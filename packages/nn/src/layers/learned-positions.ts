/** Places in a sequence as trained vectors. */
import { checkOptions, rules } from '@gradus/core';
import { add, GradusError, slice } from '@gradus/graph';
import type { Initializer } from '../initializer.js';
import { uniform } from '../initializers/uniform.js';
import { layerRules, type LayerOptions } from '../layer-options.js';
import { requireShape, requireSize, type Layer } from '../layer.js';

export interface LearnedPositionsOptions extends LayerOptions {
  /** The longest sequence. */
  readonly length: number;
  /** Features of every step. */
  readonly features: number;
  /** Default: `uniform` from -0.05 to 0.05, as in Keras. */
  readonly initializer?: Initializer;
}

/**
 * Adds a vector to each step of `[batch, time, features]`. Parameter: `weight` [length, features], of which the first rows serve shorter
 * sequences.
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to other features or to a longer sequence.
 */
export function learnedPositions(options: LearnedPositionsOptions): Layer {
  const { length, features, initializer = uniform(), dtype = 'float32' } = options;
  checkOptions('learnedPositions', options, { ...layerRules, length: rules.any, features: rules.any, initializer: rules.method });
  requireSize('learnedPositions', 'length', length);
  requireSize('learnedPositions', 'features', features);
  const name = `learnedPositions({ length: ${length}, features: ${features} })`;
  return {
    init: (key) => ({ weight: initializer(key, [length, features], dtype) }),
    apply({ weight }, x) {
      requireShape(name, x, ['time', features]);
      const [, time] = x.shape;
      if (time <= length) return add(x, slice(weight, { stop: time }));
      throw new GradusError('SHAPE_MISMATCH', {
        what: `${name}: the sequence is too long`,
        received: `${time} steps`,
        expected: `at most ${length}`,
        fix: 'Give a larger `length`, or use sinusoidalPositions().',
      });
    },
  };
}
