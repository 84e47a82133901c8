/** Normalisation of each step's features by their size alone. */
import type { Params } from '@gradus/core';
import { rmsNorm } from '@gradus/graph';
import { requireFeatures, type Layer } from '../layer.js';
import { checkNormalization, initScale, type NormalizationOptions } from '../scale.js';

/**
 * Root mean square 1 over the last axis of `[batch, …, features]`, then `scale` [features]; no mean is taken away and no bias added.
 * Zhang and Sennrich (2019).
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to another size.
 */
export function rmsNormalization(options: NormalizationOptions): Layer {
  checkNormalization('rmsNormalization', options);
  const { features, epsilon } = options;
  return {
    init(): Params {
      const { bias: _, ...scale } = initScale(options);
      return scale;
    },
    apply({ scale }, x) {
      requireFeatures(`rmsNormalization({ features: ${features} })`, x, features);
      return rmsNorm(x, { scale, epsilon });
    },
  };
}
