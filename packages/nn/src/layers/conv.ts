/** Convolutions over 1, 2 and 3 spatial axes, channels first. */
import { conv } from '@gradus/graph';
import { checkKernel, convolutionRules, imageShape, initKernel, paddingOf, type ConvolutionOptions } from '../convolution.js';
import { requireShape, type Layer } from '../layer.js';

export type ConvLayerOptions = ConvolutionOptions;

/**
 * Convolution over time: `[batch, in, time]` gives `[batch, out, time']`. Note the place of the channels: recurrent and attention
 * layers have features last. Otherwise as {@link conv2d}.
 */
export const conv1d = (options: ConvLayerOptions): Layer => convolution('conv1d', 1, options);

/**
 * Convolution over images: `[batch, in, height, width]` gives `[batch, out, height', width']`. Channels first, as in PyTorch and ONNX.
 * Parameters: `weight` [out, in / groups, …kernel], `bias` [out].
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to other channels, or to less than a kernel.
 * @example
 * conv2d({ in: 3, out: 16, kernel: 3, padding: 'same' });
 * conv2d({ in: 16, out: 16, kernel: 3, groups: 16 }); // depthwise
 */
export const conv2d = (options: ConvLayerOptions): Layer => convolution('conv2d', 2, options);

/** Convolution over volumes: `[batch, in, depth, height, width]`. Otherwise as {@link conv2d}. */
export const conv3d = (options: ConvLayerOptions): Layer => convolution('conv3d', 3, options);

function convolution(layer: string, rank: number, options: ConvLayerOptions): Layer {
  const { name, sizes, groups } = checkKernel(layer, rank, options, convolutionRules);
  const { bias = true, strides, dilations } = options;
  const field = sizes.reduce((product, n) => product * n, 1);
  const fans = { fanIn: (options.in / groups) * field, fanOut: (options.out / groups) * field };
  return {
    init: (key) => initKernel(key, options, [options.out, options.in / groups, ...sizes], fans),
    apply(params, x) {
      requireShape(name, x, imageShape(options.in, rank), 'Channels come first; change `in`, or the layer before it.');
      return conv(x, params.weight, { strides, dilations, groups, ...paddingOf(options.padding), bias: bias ? params.bias : undefined });
    },
  };
}
