/** Normalisation of each step's features. */
import { layerNorm } from '@gradus/graph';
import { requireFeatures, type Layer } from '../layer.js';
import { checkNormalization, initScale, type NormalizationOptions } from '../scale.js';

/**
 * Mean 0 and variance 1 over the last axis of `[batch, …, features]`, then `scale` and `bias` [features]. Ba, Kiros and Hinton (2016).
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to another size.
 */
export function layerNormalization(options: NormalizationOptions): Layer {
  checkNormalization('layerNormalization', options);
  const { features, epsilon } = options;
  return {
    init: () => initScale(options),
    apply({ scale, bias }, x) {
      requireFeatures(`layerNormalization({ features: ${features} })`, x, features);
      return layerNorm(x, { scale, bias, epsilon });
    },
  };
}
