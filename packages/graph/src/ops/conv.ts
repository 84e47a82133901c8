import { convKernelGradient } from '../conv-kernel-gradient.js';
import { addBias, convolve } from '../conv-kernels.js';
import { batchConvolution, biasGradient, checkConvolution, checkGroups, windowsBy, type ConvAttributes } from '../convolution.js';
import { apply, type Operator } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { windowCounts, windowsOf, type WindowOptions } from '../windows.js';
import { convTransposeTo } from './conv-transpose.js';
import { reshape } from './reshape.js';
import { transpose } from './transpose.js';

export const Conv: Operator<ConvAttributes> = {
  name: 'Conv',
  infer(inputs, attributes) {
    const [x, w] = inputs;
    const fits = w.shape[1] * attributes.group === x.shape[1] && w.shape[0] % attributes.group === 0;
    checkConvolution('Conv', inputs, fits, '[channels out, channels in / groups, …kernel]', w.shape[0]);
    return [{ dtype: x.dtype, shape: [x.shape[0], w.shape[0], ...windowCounts('Conv', inputs, windowsBy(w, attributes))] }];
  },
  kernel([x, w, bias], attributes, [spec]) {
    const y = convolve('read', x, w, spec, windowsBy(w, attributes), attributes.group);
    return [bias === undefined ? y : addBias(y, bias)];
  },
  gradient: ({ inputs: [x, w], cotangent: g, attributes }) => [
    convTransposeTo(x.shape.slice(2), g, w, attributes),
    convKernelGradient(x, g, windowsBy(w, attributes), attributes.group),
    biasGradient(g),
  ],
  batch: (context) => [batchConvolution(Conv, context, beside)],
  onnx: ({ strides, dilations, pads, group }) => ({
    attributes: { strides: { ints: strides }, dilations: { ints: dilations }, pads: { ints: pads }, group: { int: group } },
  }),
};

/** Output channels are the first axis of the weights, group after group. */
function beside(w: Tensor, size: number, group: number): Tensor {
  const [, channels, ...rest] = w.shape;
  const grouped = reshape(w, [size, group, channels / group, ...rest]);
  return reshape(transpose(grouped, [1, 0, ...grouped.shape.slice(2).map((_, i) => 2 + i)]), [size * channels, ...rest]);
}

export interface ConvOptions extends WindowOptions {
  /** From one output to the next, in elements of the input. Default: 1. */
  readonly strides?: WindowOptions['strides'];
  /** Input and output channels fall into this many groups that do not see each other; as many as channels: depthwise. Default: 1. */
  readonly groups?: number;
  /** `[channels out]`, added to every output. Default: none. */
  readonly bias?: Tensor;
}

/**
 * Convolution over 1, 2 or 3 spatial axes; the kernel is not flipped, as everywhere in machine learning. ONNX Conv.
 *
 * @param x `[batch, channels in, …space]`.
 * @param w `[channels out, channels in / groups, …kernel]`.
 * @returns `[batch, channels out, …]`, with `floor((size + pads - dilation * (kernel - 1) - 1) / stride) + 1` elements along each
 *   spatial axis.
 * @throws `SHAPE_MISMATCH` for channels or axes that do not fit, and for a window larger than the padded input;
 *   `DTYPE_MISMATCH`; `INVALID_ARGUMENT` for options that do not fit.
 * @example conv(images, weights, { padding: 'same', bias }); // [32, 1, 28, 28] by [16, 1, 3, 3] gives [32, 16, 28, 28]
 */
export function conv(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  const { bias, groups = 1 } = options;
  checkGroups('conv', groups);
  const { strides, dilations, pads } = windowsOf('conv', x.shape.slice(2), w.shape.slice(2), options);
  return apply(Conv, bias === undefined ? [x, w] : [x, w, bias], { strides, dilations, pads, group: groups })[0];
}
