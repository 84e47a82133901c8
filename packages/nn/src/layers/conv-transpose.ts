/** Transposed convolutions over 1, 2 and 3 spatial axes, channels first. */
import { rules } from '@gradus/core';
import { convTranspose, type PerAxis } from '@gradus/graph';
import { checkKernel, convolutionRules, imageShape, initKernel, paddingOf, type ConvolutionOptions } from '../convolution.js';
import { requireShape, type Layer } from '../layer.js';

export interface ConvTransposeLayerOptions extends ConvolutionOptions {
  /** Elements more at the end of each spatial axis, fewer than the stride. Default: 0; with `padding: 'same'` what is missing. */
  readonly outputPadding?: PerAxis;
}

/** Transposed convolution over time, `[batch, in, time]`. Otherwise as {@link convTranspose2d}. */
export const convTranspose1d = (options: ConvTransposeLayerOptions): Layer => transposed('convTranspose1d', 1, options);

/**
 * The adjoint of `conv2d`, which makes images larger: with `padding: 'same'` by the factor of the strides. Channels first.
 * Parameters: `weight` [in, out / groups, …kernel], `bias` [out].
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to other channels.
 * @example convTranspose2d({ in: 16, out: 8, kernel: 4, strides: 2, padding: 1 }); // [8, 16, 7, 7] gives [8, 8, 14, 14]
 */
export const convTranspose2d = (options: ConvTransposeLayerOptions): Layer => transposed('convTranspose2d', 2, options);

/** Transposed convolution over volumes, `[batch, in, depth, height, width]`. Otherwise as {@link convTranspose2d}. */
export const convTranspose3d = (options: ConvTransposeLayerOptions): Layer => transposed('convTranspose3d', 3, options);

function transposed(layer: string, rank: number, options: ConvTransposeLayerOptions): Layer {
  const known = { ...convolutionRules, outputPadding: rules.any };
  const { name, sizes, groups } = checkKernel(layer, rank, options, known);
  const { bias = true, strides, dilations, outputPadding } = options;
  const field = sizes.reduce((product, n) => product * n, 1);
  const fans = { fanIn: (options.in / groups) * field, fanOut: (options.out / groups) * field };
  return {
    init: (key) => initKernel(key, options, [options.in, options.out / groups, ...sizes], fans),
    apply(params, x) {
      requireShape(name, x, imageShape(options.in, rank), 'Channels come first; change `in`, or the layer before it.');
      const padding = paddingOf(options.padding);
      return convTranspose(x, params.weight, {
        strides,
        dilations,
        groups,
        outputPadding,
        ...padding,
        bias: bias ? params.bias : undefined,
      });
    },
  };
}
