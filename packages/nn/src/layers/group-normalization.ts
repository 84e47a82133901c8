/** Normalisation of each sample by itself, in groups of channels. */
import { rules } from '@gradus/core';
import { GradusError, groupNorm } from '@gradus/graph';
import { requireChannels, requireSize, type Layer } from '../layer.js';
import { checkNormalization, initScale, normalizationRules, type NormalizationOptions } from '../scale.js';

export interface GroupNormalizationOptions extends NormalizationOptions {
  /** How many groups the channels fall into. */
  readonly groups: number;
}

/**
 * Mean 0 and variance 1 over each group of channels of each sample of `[batch, features, …space]`, then `scale` and `bias` [features].
 * Wu and He (2018).
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable, such as groups that do not divide the channels; `SHAPE_MISMATCH` when
 *   applied to other channels.
 */
export function groupNormalization(options: GroupNormalizationOptions): Layer {
  const { features, groups, epsilon } = options;
  checkNormalization('groupNormalization', options, { ...normalizationRules, groups: rules.any });
  requireSize('groupNormalization', 'groups', groups);
  if (features % groups !== 0) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'The channels of groupNormalization do not fall into groups',
      received: `${features} channels, ${groups} groups`,
      expected: 'a number of groups that divides the channels',
    });
  }
  return {
    init: () => initScale(options),
    apply({ scale, bias }, x) {
      requireChannels(`groupNormalization({ features: ${features} })`, x, features);
      return groupNorm(x, groups, { scale, bias, epsilon });
    },
  };
}
