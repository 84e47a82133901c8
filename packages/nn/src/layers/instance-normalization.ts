/** Normalisation of each channel of each sample by itself. */
import { instanceNorm } from '@gradus/graph';
import { requireChannels, type Layer } from '../layer.js';
import { checkNormalization, initScale, type NormalizationOptions } from '../scale.js';

/**
 * Mean 0 and variance 1 over all places of each channel of each sample of `[batch, features, …space]`, then `scale` and `bias` [features].
 * Ulyanov, Vedaldi and Lempitsky (2016).
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to other channels.
 */
export function instanceNormalization(options: NormalizationOptions): Layer {
  checkNormalization('instanceNormalization', options);
  const { features, epsilon } = options;
  return {
    init: () => initScale(options),
    apply({ scale, bias }, x) {
      requireChannels(`instanceNormalization({ features: ${features} })`, x, features);
      return instanceNorm(x, { scale, bias, epsilon });
    },
  };
}
