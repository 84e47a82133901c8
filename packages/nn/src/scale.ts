/** The trained scale and bias of normalisation layers. */
import { checkOptions, rules, type Params, type Rule } from '@gradus/core';
import { ones, zeros } from '@gradus/graph';
import { layerRules, type LayerOptions } from './layer-options.js';
import { requireSize } from './layer.js';

export interface NormalizationOptions extends LayerOptions {
  /** Size of the features or channels. */
  readonly features: number;
  /** Added to the variance, against a division by 0. Default: 1e-5, as in PyTorch; Keras has 1e-3. */
  readonly epsilon?: number;
  /** Whether the result is multiplied by a trained `scale`, and a trained `bias` added. Default: `true`. */
  readonly affine?: boolean;
}

export const normalizationRules = { ...layerRules, features: rules.any, epsilon: rules.notNegative, affine: rules.flag };

/** Checks options. @throws `INVALID_ARGUMENT`. */
export function checkNormalization(
  layer: string,
  options: NormalizationOptions,
  known: Readonly<Record<string, Rule>> = normalizationRules,
): void {
  checkOptions(layer, options, known);
  requireSize(layer, 'features', options.features);
}

/** `scale` [features] of ones and `bias` [features] of zeros, or nothing. */
export const initScale = ({ features, affine = true, dtype = 'float32' }: NormalizationOptions): Params =>
  affine ? { scale: ones([features], dtype), bias: zeros([features], dtype) } : {};
