import { convKernelGradient } from '../conv-kernel-gradient.js';
import { addBias, convolve } from '../conv-kernels.js';
import { batchConvolution, biasGradient, checkConvolution, checkGroups, windowsBy, type ConvAttributes } from '../convolution.js';
import { GradusError } from '../errors.js';
import { apply, shapeError, type Operator } from '../operator.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { perAxis, reach, windowsOf, type PerAxis, type Windows } from '../windows.js';
import { add } from './add.js';
import { Conv, type ConvOptions } from './conv.js';
import { pad } from './pad.js';
import { reshape } from './reshape.js';
import { transpose } from './transpose.js';

type Attributes = ConvAttributes & { readonly outputPadding: readonly number[] };

export const ConvTranspose: Operator<Attributes> = {
  name: 'ConvTranspose',
  infer(inputs, attributes) {
    const [x, w] = inputs;
    const { group, strides, pads, outputPadding } = attributes;
    const fits = w.shape[0] === x.shape[1] && x.shape[1] % group === 0;
    checkConvolution('ConvTranspose', inputs, fits, '[channels in, channels out / groups, …kernel]', w.shape[1] * group);
    const windows = windowsBy(w, attributes);
    const rank = strides.length;
    const space = x.shape.slice(2).map((n, axis) => {
      const size = (n - 1) * strides[axis] + reach(windows, axis) + outputPadding[axis] - pads[axis] - pads[rank + axis];
      if (size >= 1) return size;
      throw shapeError('ConvTranspose', `spatial axis ${axis} would have ${size} elements`, inputs, 'pads that leave something');
    });
    return [{ dtype: x.dtype, shape: [x.shape[0], w.shape[1] * group, ...space] }];
  },
  kernel([x, w, bias], attributes, [spec]) {
    const y = convolve('write', x, w, spec, windowsBy(w, attributes), attributes.group);
    return [bias === undefined ? y : addBias(y, bias)];
  },
  gradient({ inputs: [x, w], cotangent: g, attributes }) {
    const { outputPadding: _, ...back } = attributes;
    return [apply(Conv, [g, w], back)[0], convKernelGradient(g, x, windowsBy(w, attributes), attributes.group), biasGradient(g)];
  },
  batch: (context) => [batchConvolution(ConvTranspose, context, beside)],
  onnx: ({ strides, dilations, pads, group, outputPadding }) => ({
    attributes: {
      strides: { ints: strides },
      dilations: { ints: dilations },
      pads: { ints: pads },
      output_padding: { ints: outputPadding },
      group: { int: group },
    },
  }),
};

/** Output channels are the second axis of the weights; the groups follow from the first. */
function beside(w: Tensor, size: number): Tensor {
  const [, channels, outputs, ...kernel] = w.shape;
  return reshape(transpose(w, [1, 0, ...w.shape.slice(2).map((_, i) => 2 + i)]), [channels, size * outputs, ...kernel]);
}

/** The transposed convolution that gives `space`: the gradient of a convolution by its input. */
export function convTransposeTo(space: Shape, g: Tensor, w: Tensor, attributes: ConvAttributes): Tensor {
  return apply(ConvTranspose, [g, w], { ...attributes, outputPadding: missing(space, g.shape.slice(2), windowsBy(w, attributes)) })[0];
}

/** What a transposed convolution of `counts` elements falls short of `space`: what strides leave over. */
const missing = (space: Shape, counts: Shape, windows: Windows): number[] =>
  space.map((size, axis) => {
    const { strides, pads } = windows;
    return size - ((counts[axis] - 1) * strides[axis] + reach(windows, axis) - pads[axis] - pads[space.length + axis]);
  });

export interface ConvTransposeOptions extends ConvOptions {
  /** From one element of the input to the next, in elements of the output. Default: 1. */
  readonly strides?: ConvOptions['strides'];
  /** What is taken away around the output, as `conv` with the same `pads` would have added it. Default: 0. */
  readonly pads?: ConvOptions['pads'];
  /** `valid` takes nothing away; `same` gives outputs of `size * stride` elements, where it is odd the larger part taken after. */
  readonly padding?: ConvOptions['padding'];
  /**
   * Elements more at the end of each spatial axis, fewer than the stride: which of the inputs of `conv` is meant. Default: 0; with
   * `padding: 'same'` what is missing.
   */
  readonly outputPadding?: PerAxis;
}

/**
 * Transposed convolution: the adjoint of `conv` with the same weights and options, which spreads every element over a window. ONNX
 * ConvTranspose.
 *
 * @param x `[batch, channels in, …space]`.
 * @param w `[channels in, channels out / groups, …kernel]`.
 * @returns `[batch, channels out, …]`, with `(size - 1) * stride + dilation * (kernel - 1) + 1 - pads + outputPadding` elements
 *   along each spatial axis.
 * @throws `SHAPE_MISMATCH` for channels or axes that do not fit; `DTYPE_MISMATCH`; `INVALID_ARGUMENT` for options that do not fit.
 * @example convTranspose(codes, weights, { strides: 2, padding: 'same' }); // [8, 16, 7, 7] by [16, 4, 4, 4] gives [8, 4, 14, 14]
 */
export function convTranspose(x: Tensor, w: Tensor, options: ConvTransposeOptions = {}): Tensor {
  const { bias, groups = 1 } = options;
  checkGroups('convTranspose', groups);
  const counts = x.shape.slice(2);
  const steps = perAxis('convTranspose', 'strides', options.strides ?? 1, counts.length, 1);
  const space = counts.map((n, axis) => n * steps[axis]);
  const windows = windowsOf('convTranspose', space, w.shape.slice(2), options);
  const outputPadding = options.padding === 'same' ? missing(space, counts, windows) : extra(windows, options.outputPadding ?? 0);
  const { strides, dilations, pads } = windows;
  // Padding of a stride or more is beyond what a convolution leaves over: it makes up for what is taken away, then adds empty places.
  const excess = outputPadding.map((n, axis) => Math.max(n - (strides[axis] - 1), 0));
  const taken = pads.map((n, i) => (i < counts.length ? 0 : Math.min(n, excess[i - counts.length])));
  const empty = excess.map((n, axis) => n - taken[counts.length + axis]);
  const attributes = {
    strides,
    dilations,
    pads: pads.map((n, i) => n - taken[i]),
    group: groups,
    outputPadding: outputPadding.map((n, axis) => n - excess[axis]),
  };
  if (empty.every((n) => n === 0)) return apply(ConvTranspose, bias === undefined ? [x, w] : [x, w, bias], attributes)[0];
  const y = pad(apply(ConvTranspose, [x, w], attributes)[0], { pads: [[0, 0], [0, 0], ...empty.map((n): [number, number] => [0, n])] });
  return bias === undefined ? y : add(y, reshape(bias, [-1, ...counts.map(() => 1)]));
}

function extra({ strides, dilations }: Windows, outputPadding: PerAxis): number[] {
  const list = perAxis('convTranspose', 'outputPadding', outputPadding, strides.length, 0);
  if (list.every((n, axis) => n < Math.max(strides[axis], dilations[axis]))) return list;
  throw new GradusError('INVALID_ARGUMENT', {
    what: "convTranspose: 'outputPadding' does not fit",
    received: JSON.stringify(outputPadding),
    expected: `less than the stride or the dilation of its axis, ${JSON.stringify(strides)} and ${JSON.stringify(dilations)}`,
  });
}
