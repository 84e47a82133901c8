import { softmaxRows } from '../softmax-rows.js';
import { FLOATS } from '../dtype.js';
import { apply, requireDType, type Operator } from '../operator.js';
import { normalizeAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { exp } from './exp.js';
import { multiply } from './mul.js';
import { sum } from './reduce-sum.js';
import { subtract } from './sub.js';

export const LogSoftmax: Operator<{ axis: number }> = {
  name: 'LogSoftmax',
  infer([x]) {
    requireDType('LogSoftmax', x, FLOATS);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  kernel: ([x], { axis }) => [softmaxRows(x, axis, (shifted, total) => shifted - Math.log(total))],
  gradient: ({ outputs: [y], cotangent: g, attributes: { axis } }) => [
    subtract(g, multiply(exp(y), sum(g, { axes: axis, keepDims: true }))),
  ],
  batch: ({ inputs, attributes: { axis } }) => apply(LogSoftmax, inputs, { axis: axis + 1 }),
  onnx: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
};

/** Logarithm of the softmax along an axis (default: the last), without overflow. ONNX LogSoftmax. */
export const logSoftmax = (x: Tensor, options: { readonly axis?: number } = {}): Tensor =>
  apply(LogSoftmax, [x], { axis: normalizeAxis('LogSoftmax', options.axis ?? -1, x.shape.length) })[0];
