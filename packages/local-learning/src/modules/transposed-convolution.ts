import { convTranspose, GradusError, sizeOf, type Tensor } from '@gradus/graph';
import { checkConvolution, type ConvolutionOptions } from '../edges/convolution-options.js';
import { ruleOf } from '../edges/options.js';
import { sharedUpdate } from '../edges/shared-update.js';
import { initialWeight, ratesOf } from '../edges/weights.js';
import type { Adapter } from '../module.js';

export type TransposedConvolutionOptions = Omit<ConvolutionOptions, 'padding'>;

/**
 * The way back of a convolution with zeros around it: every place of the sender reaches a window, and messages have `stride` times as many
 * places along each axis. Parameter: `weight` [in, out, kernel, kernel].
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 */
export function transposedConvolution(options: TransposedConvolutionOptions): Adapter {
  const kind = 'transposedConvolution';
  const { in: channels, out, kernel, stride = 1, strength = 1 } = options;
  const rule = ruleOf(kind, options);
  const shape = [channels, out, kernel, kernel];
  checkConvolution(kind, options, shape, rule);
  if (kernel < stride) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `${kind}: some places would be reached by nobody`,
      received: `kernel ${kernel} and stride ${stride}`,
      expected: 'a kernel of at least the stride',
    });
  }
  const spread = (x: Tensor, weight: Tensor): Tensor => convTranspose(x, weight, { strides: stride, padding: 'same' });
  // A unit is in about kernel / stride windows along each axis.
  const senders = channels * Math.max(1, (kernel / stride) ** 2);
  return {
    name: `${kind}({ in: ${channels}, out: ${out}, kernel: ${kernel}, stride: ${stride} })`,
    takes: null,
    gives: ([n, ...space]) => (n === channels && space.length === 2 ? [out, ...space.map((size) => size * stride)] : null),
    rule,
    linear: true,
    init: (key, { dtype }) => ({ weight: initialWeight(options.weight, key, shape, strength / Math.sqrt(senders), dtype) }),
    message: ({ weight }, x) => spread(x, weight),
    update: ({ weight }, experience, setting) => ({
      weight: sharedUpdate(rule, experience, setting, weight, (w, x) => spread(x, w), sizeOf(experience.x.shape.slice(2))),
    }),
    withRates: ratesOf(options, senders),
  };
}
