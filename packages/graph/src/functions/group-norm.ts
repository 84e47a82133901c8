/** Normalisation of every example by itself: group (Wu & He 2018) and instance normalisation (Ulyanov, Vedaldi & Lempitsky 2016). */
import { reshape } from '../ops/reshape.js';
import { shapeError } from '../operator.js';
import { affinePerChannel, type ChannelAffine } from '../per-channel.js';
import { standardScore } from '../standard-score.js';
import type { Tensor } from '../tensor.js';

export interface GroupNormOptions extends ChannelAffine {
  /** Added to the variance, against a division by 0. Default: 1e-5. */
  readonly epsilon?: number;
}

/**
 * Group normalisation: each example's channels in `groups` equal groups, every group by its own mean and variance; then scale and
 * bias per channel. ONNX GroupNormalization as of operator set 21.
 *
 * @param x `[batch, channels, …]`.
 * @throws `SHAPE_MISMATCH` when the channels do not fall into equal groups, and for a scale or bias of another shape.
 * @example groupNorm(images, 4, { scale, bias }); // [32, 16, 28, 28], with a scale and a bias of [16]
 */
export function groupNorm(x: Tensor, groups: number, options: GroupNormOptions = {}): Tensor {
  const { epsilon = 1e-5, ...affine } = options;
  if (x.shape.length < 2 || !(groups >= 1) || x.shape[1] % groups !== 0) {
    throw shapeError(
      'groupNorm',
      `no ${groups} equal groups of channels`,
      [x],
      '[batch, channels, …], the channels a multiple of the groups',
    );
  }
  const { score } = standardScore(reshape(x, [x.shape[0], groups, -1]), [2], epsilon);
  return affinePerChannel('groupNorm', reshape(score, x.shape), affine);
}

/**
 * Instance normalisation: every channel of every example by its own mean and variance. ONNX InstanceNormalization.
 *
 * @param x `[batch, channels, …]`.
 * @throws `SHAPE_MISMATCH` for a scale or bias of another shape than `[channels]`.
 * @example instanceNorm(images, { scale, bias });
 */
export const instanceNorm = (x: Tensor, options: GroupNormOptions = {}): Tensor => groupNorm(x, x.shape[1], options);
