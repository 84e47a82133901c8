/** Maxima of windows over 1, 2 and 3 spatial axes, channels first. */
import { checkOptions } from '@gradus/core';
import { maxPool, type PerAxis, type Tensor } from '@gradus/graph';
import { paddingOf, windowRules, windowSizes } from '../convolution.js';
import { poolingRules, requireImages, type PoolingOptions } from '../pooling.js';

export interface MaxPoolOptions extends PoolingOptions {
  /** From one element of a window to the next. Default: 1. */
  readonly dilations?: PerAxis;
}

/** The largest element of each window over time, `[batch, channels, time]`. As {@link maxPool2d}. */
export const maxPool1d = (options: MaxPoolOptions): ((x: Tensor) => Tensor) => pool('maxPool1d', 1, options);

/**
 * The largest element of each window of `[batch, channels, height, width]`, channel by channel.
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to what is no image, or to less than a window.
 * @example sequential([conv2d({ in: 1, out: 8, kernel: 3 }), relu, maxPool2d({ size: 2 })]);
 */
export const maxPool2d = (options: MaxPoolOptions): ((x: Tensor) => Tensor) => pool('maxPool2d', 2, options);

/** The largest element of each window of volumes, `[batch, channels, depth, height, width]`. As {@link maxPool2d}. */
export const maxPool3d = (options: MaxPoolOptions): ((x: Tensor) => Tensor) => pool('maxPool3d', 3, options);

function pool(layer: string, rank: number, options: MaxPoolOptions): (x: Tensor) => Tensor {
  checkOptions(layer, options, { ...poolingRules, dilations: windowRules.dilations });
  const { padding, size: _, ...rest } = options;
  const size = windowSizes(layer, 'size', options.size, rank);
  return (x) => {
    requireImages(layer, x, rank);
    return maxPool(x, size, { ...rest, ...paddingOf(padding) });
  };
}
