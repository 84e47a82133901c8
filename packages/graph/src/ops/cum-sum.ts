import { FLOATS } from '../dtype.js';
import { NDArray, scalar } from '../ndarray.js';
import { apply, requireDType, type Operator } from '../operator.js';
import { normalizeAxis, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { narrow, wideArray, widen } from '../wide.js';

export interface CumulativeOptions {
  /** Default: the last. */
  readonly axis?: number;
  /** Leaves out the element itself. Default: `false`. */
  readonly exclusive?: boolean;
  /** Runs from the end. Default: `false`. */
  readonly reverse?: boolean;
}

type CumSumAttributes = { axis: number; exclusive: number; reverse: number };

export const CumSum: Operator<CumSumAttributes> = {
  name: 'CumSum',
  infer([x]) {
    requireDType('CumSum', x, [...FLOATS, 'int32', 'int64']);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  kernel([x], { axis, exclusive, reverse }, [spec]) {
    const length = x.shape[axis];
    const inner = sizeOf(x.shape.slice(axis + 1));
    const from = widen(x.data);
    const sums = wideArray(x.dtype, x.size);
    const step = reverse === 1 ? -inner : inner;
    for (let r = 0; r < x.size / length; r++) {
      let i = Math.floor(r / inner) * length * inner + (r % inner) + (reverse === 1 ? (length - 1) * inner : 0);
      // Zero of the element type: a bigint for int64.
      let total = sums[i];
      for (let k = 0; k < length; k++, i += step) {
        const before = total;
        total += from[i];
        sums[i] = exclusive === 1 ? before : total;
      }
    }
    return [new NDArray(spec.dtype, spec.shape, narrow(sums, spec.dtype))];
  },
  gradient: ({ cotangent, attributes }) => apply(CumSum, [cotangent], { ...attributes, reverse: 1 - attributes.reverse }),
  batch: ({ inputs, attributes }) => apply(CumSum, inputs, { ...attributes, axis: attributes.axis + 1 }),
  onnx: ({ axis, exclusive, reverse }) => ({
    attributes: { exclusive: { int: exclusive }, reverse: { int: reverse } },
    constants: [scalar(axis, 'int64')],
  }),
};

/**
 * Sums of the elements so far, along an axis (default: the last). ONNX CumSum.
 *
 * @example cumulativeSum(asarray([1, 2, 3])); // [1, 3, 6]
 */
export const cumulativeSum = (x: Tensor, options: CumulativeOptions = {}): Tensor =>
  apply(CumSum, [x], {
    axis: normalizeAxis('CumSum', options.axis ?? -1, x.shape.length),
    exclusive: options.exclusive === true ? 1 : 0,
    reverse: options.reverse === true ? 1 : 0,
  })[0];
