/** Convolutions and their adjoints. */
import { conv, convTranspose, type Tensor } from '@gradus/graph';
import type { Call } from '../call.js';
import { halves, windowsOf } from '../windows.js';
import type { Rules } from '../rule.js';

function convolution(call: Call): Tensor {
  const [x, w] = [call.input(0), call.input(1)];
  return conv(x, w, { ...windowsOf(call, x, w.shape.slice(2)), groups: call.count('group', 1), bias: call.optional(2) });
}

/** Where the size of the result is given, the padding follows from it; it is as large as the strides make it with `SAME_…`. */
function transposed(call: Call): Tensor {
  const [x, w] = [call.input(0), call.input(1)];
  const kernel = w.shape.slice(2);
  const space = x.shape.slice(2);
  const { strides, dilations, pads } = windowsOf(call, x, kernel);
  const auto = call.string('auto_pad', 'NOTSET');
  const outputPadding = call.ints('output_padding') ?? space.map(() => 0);
  const wanted = call.ints('output_shape')?.slice(-space.length) ?? (auto.startsWith('SAME') ? space.map((n, i) => n * strides[i]) : null);
  const cut = pads.map((pair, i): [number, number] => {
    if (wanted === null) return pair;
    const total = strides[i] * (space[i] - 1) + outputPadding[i] + (kernel[i] - 1) * dilations[i] + 1 - wanted[i];
    // What no window reaches is added after the last one.
    outputPadding[i] += Math.max(-total, 0);
    return halves(Math.max(total, 0), auto !== 'SAME_UPPER');
  });
  return convTranspose(x, w, { strides, dilations, pads: cut, outputPadding, groups: call.count('group', 1), bias: call.optional(2) });
}

export const rules: Rules = { Conv: convolution, ConvTranspose: transposed };
