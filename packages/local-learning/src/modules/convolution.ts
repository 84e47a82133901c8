import { checkConvolution, convolve, placesOf, type ConvolutionOptions } from '../edges/convolution-options.js';
import { ruleOf } from '../edges/options.js';
import { sharedUpdate } from '../edges/shared-update.js';
import { initialWeight, ratesOf } from '../edges/weights.js';
import type { Adapter } from '../module.js';

/**
 * Weights between images `[channels, height, width]` that are the same at every place. Parameter: `weight` [out, in, kernel, kernel].
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 * @example
 * const edge = convolution({ in: 3, out: 16, kernel: 5, stride: 2, threshold: 0.5 }); // [3, 32, 32] to [16, 16, 16]
 */
export function convolution(options: ConvolutionOptions): Adapter {
  const { in: channels, out, kernel, strength = 1 } = options;
  const rule = ruleOf('convolution', options);
  const shape = [out, channels, kernel, kernel];
  checkConvolution('convolution', options, shape, rule);
  const senders = channels * kernel * kernel;
  return {
    name: `convolution({ in: ${channels}, out: ${out}, kernel: ${kernel} })`,
    takes: null,
    gives([n, ...space]) {
      const places = space.map((size) => placesOf(size, options));
      return n === channels && space.length === 2 && Math.min(...places) >= 1 ? [out, ...places] : null;
    },
    rule,
    linear: true,
    init: (key, { dtype }) => ({ weight: initialWeight(options.weight, key, shape, strength / Math.sqrt(senders), dtype) }),
    message: ({ weight }, x) => convolve(x, weight, options),
    update: ({ weight }, experience, setting) => ({
      weight: sharedUpdate(rule, experience, setting, weight, (w, x) => convolve(x, w, options)),
    }),
    withRates: ratesOf(options, senders),
  };
}
