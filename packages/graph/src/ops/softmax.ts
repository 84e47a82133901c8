import { softmaxRows } from '../softmax-rows.js';
import { FLOATS } from '../dtype.js';
import { apply, requireDType, type Operator } from '../operator.js';
import { normalizeAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { multiply } from './mul.js';
import { sum } from './reduce-sum.js';
import { subtract } from './sub.js';

export const Softmax: Operator<{ axis: number }> = {
  name: 'Softmax',
  infer([x]) {
    requireDType('Softmax', x, FLOATS);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  kernel: ([x], { axis }) => [softmaxRows(x, axis, (shifted, total) => Math.exp(shifted) / total)],
  gradient: ({ outputs: [y], cotangent: g, attributes: { axis } }) => [
    multiply(y, subtract(g, sum(multiply(g, y), { axes: axis, keepDims: true }))),
  ],
  batch: ({ inputs, attributes: { axis } }) => apply(Softmax, inputs, { axis: axis + 1 }),
  onnx: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
};

/** e^x divided by its sum along an axis (default: the last), without overflow. ONNX Softmax. */
export const softmax = (x: Tensor, options: { readonly axis?: number } = {}): Tensor =>
  apply(Softmax, [x], { axis: normalizeAxis('Softmax', options.axis ?? -1, x.shape.length) })[0];
