/** What the pooling layers share. */
import { rules } from '@gradus/core';
import type { PerAxis, Tensor } from '@gradus/graph';
import { imageShape, windowRules, type Padding } from './convolution.js';
import { requireShape } from './layer.js';

export interface PoolingOptions {
  /** Size of a window along every spatial axis, or along each. */
  readonly size: PerAxis;
  /** From one window to the next. Default: `size`, so that windows lie side by side. */
  readonly strides?: PerAxis;
  /** Default: `'valid'`. */
  readonly padding?: Padding;
  /** Elements at the end that fill no whole window make one more. Default: `false`. */
  readonly ceilMode?: boolean;
}

const { strides, padding } = windowRules;

export const poolingRules = { strides, padding, size: rules.any, ceilMode: rules.flag };

/** Throws `SHAPE_MISMATCH` unless `x` is `[batch, channels, …space]` with `rank` spatial axes. */
export const requireImages = (layer: string, x: Tensor, rank: number): void =>
  requireShape(layer, x, imageShape('channels', rank), 'Channels come first.');
