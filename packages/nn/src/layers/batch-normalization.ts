/** Normalisation by the statistics of the batch. */
import { add, batchNorm, batchNormTraining, GradusError, multiply, ones, stopGradient, subtract, zeros, type Tensor } from '@gradus/graph';
import { requireChannels, type Layer } from '../layer.js';
import { shareBelowOne } from '../option-rules.js';
import { checkNormalization, initScale, normalizationRules, type NormalizationOptions } from '../scale.js';

export interface BatchNormalizationOptions extends NormalizationOptions {
  /**
   * How much of a moving statistic stays at each step: from 0 to below 1. Default: 0.9, PyTorch's 0.1 (which says how much is new);
   * Keras has 0.99.
   */
  readonly momentum?: number;
}

/**
 * Mean 0 and variance 1 over the batch and all places of each channel of `[batch, features, …space]`, then `scale` and `bias` [features].
 * In `evaluate` and `predict` by the buffers `movingMean` and `movingVariance` [features], which follow the batches while training. As in
 * PyTorch the batch is normalised by its own variance, and the moving one is that of the population, n / (n - 1) of it. Ioffe and
 * Szegedy (2015).
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable, and for a batch of one number per channel while training; `SHAPE_MISMATCH`
 *   when applied to other channels.
 * @example sequential([conv2d({ in: 3, out: 16, kernel: 3, bias: false }), batchNormalization({ features: 16 }), relu]);
 */
export function batchNormalization(options: BatchNormalizationOptions): Layer {
  const { features, epsilon, momentum = 0.9, dtype = 'float32' } = options;
  const known = { ...normalizationRules, momentum: shareBelowOne };
  checkNormalization('batchNormalization', options, known);
  const name = `batchNormalization({ features: ${features} })`;
  return {
    init: () => initScale(options),
    buffers: () => ({ movingMean: zeros([features], dtype), movingVariance: ones([features], dtype) }),
    apply({ scale, bias }, x, { training, buffers, setBuffer }) {
      requireChannels(name, x, features);
      const { movingMean, movingVariance } = buffers;
      if (!training) return batchNorm(x, { mean: movingMean, variance: movingVariance }, { scale, bias, epsilon });
      const count = x.shape.reduce((product, n) => product * n, 1) / features;
      if (count < 2) throw tooFew(name, x);
      const { y, mean, variance } = batchNormTraining(x, { scale, bias, epsilon });
      const follow = (moving: Tensor, now: Tensor): Tensor => add(moving, multiply(subtract(stopGradient(now), moving), 1 - momentum));
      setBuffer?.('movingMean', follow(movingMean, mean));
      setBuffer?.('movingVariance', follow(movingVariance, multiply(variance, count / (count - 1))));
      return y;
    },
  };
}

const tooFew = (name: string, x: Tensor): GradusError =>
  new GradusError('INVALID_ARGUMENT', {
    what: `${name}: one number per channel has no variance`,
    received: `[${x.shape.join(', ')}]`,
    expected: 'a batch of two samples or more while training',
    fix: 'Choose a batch size that leaves no last batch of one sample.',
  });
