/** What the pooling operators share: checks, options, many examples at once, and their ONNX form. */
import { FLOATS, type TensorSpec } from './dtype.js';
import { apply, requireDType, shapeError, type BatchContext, type OnnxAttribute, type Operator } from './operator.js';
import { reshape } from './ops/reshape.js';
import type { Tensor } from './tensor.js';
import { perAxis, reach, requireSpace, windowCounts, windowsOf, type PerAxis, type WindowOptions, type Windows } from './windows.js';

export interface PoolOptions extends WindowOptions {
  /** From one window to the next. Default: the window's size, so that windows lie side by side. */
  readonly strides?: WindowOptions['strides'];
  /** Elements at the end that fill no whole window make one more, as long as it begins inside the input. Default: `false`. */
  readonly ceilMode?: boolean;
}

/**
 * The windows of a pooling function. With `ceilMode` the padding grows at the end until the last window fits, so that operators
 * need to know nothing of it.
 */
export function poolWindowsOf(name: string, x: TensorSpec, kernel: PerAxis, options: PoolOptions): Windows {
  requireSpace(name, [x]);
  const space = x.shape.slice(2);
  const sizes = perAxis(name, 'kernel', kernel, space.length, 1);
  const windows = windowsOf(name, space, sizes, options, sizes);
  if (options.ceilMode !== true) return windows;
  const rank = space.length;
  const extra = space.map((size, axis) => {
    const stride = windows.strides[axis];
    const inside = size + windows.pads[axis];
    const room = inside + windows.pads[rank + axis] - reach(windows, axis);
    const last = Math.ceil(room / stride) * stride;
    return last < inside ? Math.max(last - room, 0) : 0;
  });
  return { ...windows, pads: windows.pads.map((amount, i) => (i < rank ? amount : amount + extra[i - rank])) };
}

/** The spec of a pooling operator's output. @throws `SHAPE_MISMATCH` for windows that may hold nothing but padding. */
export function inferPool(name: string, inputs: readonly TensorSpec[], windows: Windows): TensorSpec[] {
  const [x] = inputs;
  requireDType(name, x, FLOATS);
  requireSpace(name, inputs);
  const counts = windowCounts(name, inputs, windows);
  const rank = windows.kernel.length;
  windows.pads.forEach((amount, i) => {
    if (amount < reach(windows, i % rank)) return;
    throw shapeError(name, `a padding of ${amount} can hold a whole window`, inputs, `less than the window's ${reach(windows, i % rank)}`);
  });
  return [{ dtype: x.dtype, shape: [x.shape[0], x.shape[1], ...counts] }];
}

/** Examples are more images. */
export function batchPool<A extends Windows>(operator: Operator<A>, { inputs: [x], size, attributes }: BatchContext<A>): readonly Tensor[] {
  const [y] = apply(operator, [reshape(x, [-1, ...x.shape.slice(2)])], attributes);
  return [reshape(y, [size, -1, ...y.shape.slice(1)])];
}

export const poolAttributes = ({ kernel, strides, pads }: Windows): Record<string, OnnxAttribute> => ({
  kernel_shape: { ints: kernel },
  strides: { ints: strides },
  pads: { ints: pads },
});
