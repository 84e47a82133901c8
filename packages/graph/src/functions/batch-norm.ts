/** Batch normalisation (Ioffe & Szegedy 2015), with known statistics and with those of the batch. */
import { add } from '../ops/add.js';
import { multiply } from '../ops/mul.js';
import { reshape } from '../ops/reshape.js';
import { subtract } from '../ops/sub.js';
import { affinePerChannel, alongChannels, type ChannelAffine } from '../per-channel.js';
import { standardScore } from '../standard-score.js';
import type { Tensor } from '../tensor.js';
import { rsqrt } from './rsqrt.js';

export interface BatchNormOptions extends ChannelAffine {
  /** Added to the variance, against a division by 0. Default: 1e-5. */
  readonly epsilon?: number;
}

/** Mean and variance of each channel, `[channels]`. */
export interface BatchStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Batch normalisation for inference: `(x - mean) / √(variance + epsilon) * scale + bias`, per channel. ONNX BatchNormalization.
 *
 * @param x `[batch, channels, …]`.
 * @throws `SHAPE_MISMATCH` for statistics, a scale or a bias of another shape than `[channels]`; `DTYPE_MISMATCH`.
 * @example batchNorm(images, { mean, variance }, { scale, bias });
 */
export function batchNorm(x: Tensor, { mean, variance }: BatchStatistics, options: BatchNormOptions = {}): Tensor {
  const { scale, bias, epsilon = 1e-5 } = options;
  const factor = rsqrt(add(variance, epsilon));
  const centered = subtract(x, alongChannels('batchNorm', x, mean));
  return affinePerChannel('batchNorm', centered, { scale: scale === undefined ? factor : multiply(scale, factor), bias });
}

/**
 * Batch normalisation for training: as {@link batchNorm}, with the statistics of the batch itself, which come back for running
 * averages. The variance is divided by the number n of elements; `torch.nn.BatchNorm2d` keeps n / (n - 1) times it.
 *
 * @param x `[batch, channels, …]`.
 * @throws `SHAPE_MISMATCH` for a scale or a bias of another shape than `[channels]`; `DTYPE_MISMATCH`.
 * @example const { y, mean, variance } = batchNormTraining(images, { scale, bias });
 */
export function batchNormTraining(x: Tensor, options: BatchNormOptions = {}): BatchStatistics & { readonly y: Tensor } {
  const { epsilon = 1e-5, ...affine } = options;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const { score, mean, variance } = standardScore(x, axes, epsilon);
  return { y: affinePerChannel('batchNormTraining', score, affine), mean: reshape(mean, [-1]), variance: reshape(variance, [-1]) };
}
