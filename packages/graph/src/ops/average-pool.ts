import { ones, type NDArray } from '../ndarray.js';
import { apply, type Operator } from '../operator.js';
import { pooled, poolWindows } from '../pool-kernel.js';
import { batchPool, inferPool, poolAttributes, poolWindowsOf, type PoolOptions } from '../pooling.js';
import { sizeOf, type Shape } from '../shape.js';
import { tapsBack } from '../taps.js';
import type { Tensor } from '../tensor.js';
import type { PerAxis, Windows } from '../windows.js';
import { divide } from './div.js';
import { multiply } from './mul.js';
import { slice } from './slice.js';

type Attributes = Windows & { readonly countIncludePad: number };

export const AveragePool: Operator<Attributes> = {
  name: 'AveragePool',
  infer: (inputs, windows) => inferPool('AveragePool', inputs, windows),
  kernel([x], { countIncludePad, ...windows }, [spec]) {
    const totals = poolWindows(x, spec, windows, 0, (sum, value) => sum + value);
    const held = countIncludePad === 1 ? [sizeOf(windows.kernel)] : occupied(x.shape.slice(2), spec.shape.slice(2), windows);
    return [
      pooled(
        totals.map((total, i) => total / held[i % held.length]),
        spec,
      ),
    ];
  },
  gradient({ inputs: [{ shape }], cotangent: g, attributes: { countIncludePad, ...windows } }) {
    const held = countIncludePad === 1 ? sizeOf(windows.kernel) : divisors(shape.slice(2), g, windows);
    return [spread(shape, divide(g, held), windows)];
  },
  batch: (context) => batchPool(AveragePool, context),
  onnx: ({ countIncludePad, ...windows }) => ({ attributes: { ...poolAttributes(windows), count_include_pad: { int: countIncludePad } } }),
};

/** How many elements of the input each window holds. */
function occupied(space: Shape, counts: Shape, windows: Windows): Float64Array {
  const one = { dtype: 'float64', shape: [1, 1, ...counts] } as const;
  return poolWindows(ones([1, 1, ...space], 'float64'), one, windows, 0, (sum, value) => sum + value);
}

/** The same as an array that divides y. */
const divisors = (space: Shape, y: Tensor, windows: Windows): NDArray => {
  const counts = y.shape.slice(2);
  return pooled(occupied(space, counts, windows), { dtype: y.dtype, shape: counts });
};

/** Every gradient given to each element of its window. */
function spread(shape: Shape, g: Tensor, { kernel, strides, dilations, pads }: Windows): Tensor {
  const rank = kernel.length;
  const counts = g.shape.slice(2);
  const whole = kernel.reduce((gradient, size, axis) => {
    const windows = { size, stride: strides[axis], dilation: dilations[axis], count: counts[axis] };
    return tapsBack(new Array<Tensor>(size).fill(gradient), 2 + axis, windows, shape[2 + axis] + pads[axis] + pads[rank + axis]);
  }, g);
  return slice(
    whole,
    kernel.map((_, axis) => ({ axis: 2 + axis, start: pads[axis], stop: pads[axis] + shape[2 + axis] })),
  );
}

export interface AveragePoolOptions extends Omit<PoolOptions, 'dilations'> {
  /** `true` divides by the window's size even where it holds padding. Default: `false`, by the number of elements it holds. */
  readonly countIncludePad?: boolean;
}

/**
 * The mean of each window, over 1, 2 or 3 spatial axes. ONNX AveragePool.
 *
 * @param x `[batch, channels, …space]`.
 * @param kernel The size of a window along each spatial axis.
 * @returns `[batch, channels, …]`, with as many windows as `maxPool` of the same options.
 * @throws `SHAPE_MISMATCH` for a window that does not fit, or that padding could fill; `INVALID_ARGUMENT`; `DTYPE_MISMATCH`.
 * @example averagePool(images, 2); // [32, 16, 28, 28] gives [32, 16, 14, 14]
 */
export function averagePool(x: Tensor, kernel: PerAxis, options: AveragePoolOptions = {}): Tensor {
  const { countIncludePad = false, ceilMode = false } = options;
  const windows = poolWindowsOf('averagePool', x, kernel, options);
  const [y] = apply(AveragePool, [x], { ...windows, countIncludePad: countIncludePad ? 1 : 0 });
  if (!countIncludePad || !ceilMode) return y;
  // What ceilMode adds at the end is no padding: a window that reaches into it is divided by less.
  const { pads } = poolWindowsOf('averagePool', x, kernel, { ...options, ceilMode: false });
  const rank = pads.length / 2;
  const padded = x.shape.slice(2).map((size, axis) => size + pads[axis] + pads[rank + axis]);
  const inside = { ...windows, pads: windows.pads.map((amount, i) => (i < rank ? 0 : amount - pads[i])) };
  return multiply(y, divide(sizeOf(windows.kernel), divisors(padded, y, inside)));
}
