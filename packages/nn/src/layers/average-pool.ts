/** Means of windows over 1, 2 and 3 spatial axes, channels first. */
import { checkOptions, rules } from '@gradus/core';
import { averagePool, type Tensor } from '@gradus/graph';
import { paddingOf, windowSizes } from '../convolution.js';
import { poolingRules, requireImages, type PoolingOptions } from '../pooling.js';

export interface AveragePoolLayerOptions extends PoolingOptions {
  /** `true` divides by the window's size even where it holds padding. Default: `false`, as in Keras; PyTorch has `true`. */
  readonly countIncludePad?: boolean;
}

/** The mean of each window over time, `[batch, channels, time]`. As {@link averagePool2d}. */
export const averagePool1d = (options: AveragePoolLayerOptions): ((x: Tensor) => Tensor) => pool('averagePool1d', 1, options);

/**
 * The mean of each window of `[batch, channels, height, width]`, channel by channel.
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to what is no image, or to less than a window.
 */
export const averagePool2d = (options: AveragePoolLayerOptions): ((x: Tensor) => Tensor) => pool('averagePool2d', 2, options);

/** The mean of each window of volumes, `[batch, channels, depth, height, width]`. As {@link averagePool2d}. */
export const averagePool3d = (options: AveragePoolLayerOptions): ((x: Tensor) => Tensor) => pool('averagePool3d', 3, options);

function pool(layer: string, rank: number, options: AveragePoolLayerOptions): (x: Tensor) => Tensor {
  checkOptions(layer, options, { ...poolingRules, countIncludePad: rules.flag });
  const { padding, size: _, ...rest } = options;
  const size = windowSizes(layer, 'size', options.size, rank);
  return (x) => {
    requireImages(layer, x, rank);
    return averagePool(x, size, { ...rest, ...paddingOf(padding) });
  };
}
