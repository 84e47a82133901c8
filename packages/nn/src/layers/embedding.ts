/** Vectors for tokens. */
import { checkOptions, rules } from '@gradus/core';
import { requireDType, take } from '@gradus/graph';
import type { Initializer } from '../initializer.js';
import { uniform } from '../initializers/uniform.js';
import { layerRules, type LayerOptions } from '../layer-options.js';
import { requireSize, type Layer } from '../layer.js';

export interface EmbeddingOptions extends LayerOptions {
  /** How many tokens there are: ids go from 0 to `vocabulary` - 1. */
  readonly vocabulary: number;
  /** Size of a token's vector. */
  readonly features: number;
  /** Default: `uniform` from -0.05 to 0.05, as in Keras. */
  readonly initializer?: Initializer;
}

/**
 * Token ids, int32 or int64 of any shape `[batch, …]`, as vectors `[batch, …, features]`. Parameter: `weight` [vocabulary, features].
 * Engines refuse an id outside of the vocabulary, when it is there.
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable; `DTYPE_MISMATCH` when applied to floats.
 * @example sequential([embedding({ vocabulary: 1000, features: 64 }), lstm({ in: 64, out: 64 })]);
 */
export function embedding(options: EmbeddingOptions): Layer {
  const { vocabulary, features, initializer = uniform(), dtype = 'float32' } = options;
  checkOptions('embedding', options, { ...layerRules, vocabulary: rules.any, features: rules.any, initializer: rules.method });
  requireSize('embedding', 'vocabulary', vocabulary);
  requireSize('embedding', 'features', features);
  return {
    init: (key) => ({ weight: initializer(key, [vocabulary, features], dtype) }),
    apply(params, ids) {
      requireDType('embedding', ids, ['int32', 'int64'], 'token ids');
      return take(params.weight, ids);
    },
  };
}
