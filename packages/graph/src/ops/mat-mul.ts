import { dtypes, FLOATS } from '../dtype.js';
import { eachBroadcast } from '../elementwise.js';
import { NDArray } from '../ndarray.js';
import { apply, requireDType, requireSameDType, shapeError, type Operator } from '../operator.js';
import { broadcastShapes, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { unbroadcast } from '../unbroadcast.js';
import { transpose } from './transpose.js';

export const MatMul: Operator = {
  name: 'MatMul',
  infer(inputs) {
    const [a, b] = inputs;
    requireSameDType('MatMul', inputs);
    requireDType('MatMul', a, FLOATS, 'operands');
    if (a.shape.length < 2 || b.shape.length < 2) {
      throw shapeError('MatMul', 'operands need two axes or more', inputs, '[…, m, k] and […, k, n]', 'Use reshape() to make a vector a row or a column.');
    }
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const [k, k2] = [a.shape[a.shape.length - 1], b.shape[b.shape.length - 2]];
    if (k !== k2) throw shapeError('MatMul', `inner sizes ${k} and ${k2} differ`, inputs, '[…, m, k] and […, k, n] with one k');
    if (batch === null) throw shapeError('MatMul', 'leading axes do not broadcast', inputs, 'equal leading sizes, or 1');
    return [{ dtype: a.dtype, shape: [...batch, a.shape[a.shape.length - 2], b.shape[b.shape.length - 1]] }];
  },
  kernel([a, b], _, [spec]) {
    const [m, n] = spec.shape.slice(-2);
    const k = a.shape[a.shape.length - 1];
    const data = dtypes[spec.dtype].allocate(sizeOf(spec.shape)) as Float64Array;
    const sums = new Float64Array(n);
    const [x, y] = [a.data as Float64Array, b.data as Float64Array];
    // One visit per matrix of the batch: offsets count matrices.
    eachBroadcast(spec.shape.slice(0, -2), [a.shape.slice(0, -2), b.shape.slice(0, -2)], (matrix, [p, q]) => {
      for (let i = 0; i < m; i++) {
        sums.fill(0);
        for (let l = 0; l < k; l++) {
          const factor = x[(p * m + i) * k + l];
          const rowStart = (q * k + l) * n;
          for (let j = 0; j < n; j++) sums[j] += factor * y[rowStart + j];
        }
        data.set(sums, (matrix * m + i) * n);
      }
    });
    return [new NDArray(spec.dtype, spec.shape, data)];
  },
  gradient: ({ inputs: [a, b], cotangent: g }) => [
    unbroadcast(matmul(g, swapLastTwo(b)), a.shape),
    unbroadcast(matmul(swapLastTwo(a), g), b.shape),
  ],
};

function swapLastTwo(x: Tensor): Tensor {
  const axes = x.shape.map((_, i) => i);
  const [last, beforeLast] = [axes.length - 1, axes.length - 2];
  [axes[beforeLast], axes[last]] = [last, beforeLast];
  return transpose(x, axes);
}

/** Matrix product over the last two axes; leading axes broadcast. Both operands have two axes or more. ONNX MatMul. */
export const matmul = (a: Tensor, b: Tensor): Tensor => apply(MatMul, [a, b], {})[0];
