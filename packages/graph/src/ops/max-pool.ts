import { maxPoolGradient } from '../max-pool-gradient.js';
import { apply, type Operator } from '../operator.js';
import { pooled, poolWindows } from '../pool-kernel.js';
import { batchPool, inferPool, poolAttributes, poolWindowsOf, type PoolOptions } from '../pooling.js';
import type { Tensor } from '../tensor.js';
import type { PerAxis, Windows } from '../windows.js';
import { pad } from './pad.js';

export const MaxPool: Operator<Windows> = {
  name: 'MaxPool',
  infer: (inputs, windows) => inferPool('MaxPool', inputs, windows),
  kernel([x], windows, [spec]) {
    return [
      pooled(
        poolWindows(x, spec, windows, -Infinity, (most, value) => (value > most || value !== value ? value : most)),
        spec,
      ),
    ];
  },
  gradient: ({ inputs: [x], cotangent, attributes }) => [maxPoolGradient(x, cotangent, attributes)],
  batch: (context) => batchPool(MaxPool, context),
  onnx: (windows) => ({ attributes: { ...poolAttributes(windows), dilations: { ints: windows.dilations } } }),
};

/**
 * The largest element of each window, over 1, 2 or 3 spatial axes; padding never wins. ONNX MaxPool. The gradient goes to the
 * first element, in row-major order, of those that are largest, as in PyTorch; where a window holds NaN it is not defined.
 *
 * @param x `[batch, channels, …space]`.
 * @param kernel The size of a window along each spatial axis.
 * @returns `[batch, channels, …]`, with `floor((size + pads - dilation * (kernel - 1) - 1) / stride) + 1` elements along each
 *   spatial axis; with `ceilMode` rounded up.
 * @throws `SHAPE_MISMATCH` for a window that does not fit, or that padding could fill; `INVALID_ARGUMENT`; `DTYPE_MISMATCH`.
 * @example maxPool(images, 2); // [32, 16, 28, 28] gives [32, 16, 14, 14]
 */
export function maxPool(x: Tensor, kernel: PerAxis, options: PoolOptions = {}): Tensor {
  const windows = poolWindowsOf('maxPool', x, kernel, options);
  const rank = windows.kernel.length;
  if (windows.pads.every((amount, i) => amount < windows.kernel[i % rank])) return apply(MaxPool, [x], windows)[0];
  // Windows with gaps may need more padding than they have elements, which ONNX Runtime refuses.
  inferPool('maxPool', [x], windows);
  const pairs = windows.kernel.map((_, axis): [number, number] => [windows.pads[axis], windows.pads[rank + axis]]);
  const padded = pad(x, { pads: [[0, 0], [0, 0], ...pairs], value: -Infinity });
  return apply(MaxPool, [padded], { ...windows, pads: windows.pads.map(() => 0) })[0];
}
