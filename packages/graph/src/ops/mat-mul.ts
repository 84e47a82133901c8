import { alignedForBroadcast } from '../batching.js';
import { FLOATS } from '../dtype.js';
import { eachRow } from '../elementwise.js';
import { NDArray } from '../ndarray.js';
import { apply, requireDType, requireSameDType, shapeError, type Operator } from '../operator.js';
import { broadcastShapes, sizeOf } from '../shape.js';
import { isTensor, type Tensor } from '../tensor.js';
import { unbroadcast } from '../unbroadcast.js';
import { narrow, widen } from '../wide.js';
import { reshape } from './reshape.js';
import { transpose } from './transpose.js';

export const MatMul: Operator = {
  name: 'MatMul',
  infer(inputs) {
    const [a, b] = inputs;
    requireSameDType('MatMul', inputs);
    requireDType('MatMul', a, FLOATS, 'operands');
    if (a.shape.length < 2 || b.shape.length < 2) {
      throw shapeError('MatMul', 'a scalar is no matrix', inputs, '[…, m, k] and […, k, n], or a vector', 'Use multiply() for scalars.');
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
    const data = new Float64Array(sizeOf(spec.shape));
    const [x, y] = [widen(a.data), widen(b.data)];
    // Offsets of the leading axes count matrices.
    eachRow(spec.shape.slice(0, -2), [a.shape.slice(0, -2), b.shape.slice(0, -2)], (start, count, [p, q], [stepA, stepB]) => {
      for (let c = 0; c < count; c++) {
        const [left, right] = [(p + c * stepA) * m * k, (q + c * stepB) * k * n];
        const out = data.subarray((start + c) * m * n, (start + c + 1) * m * n);
        multiplyInto(out, x.subarray(left, left + m * k), y.subarray(right, right + k * n), k, n);
      }
    });
    return [new NDArray(spec.dtype, spec.shape, narrow(data, spec.dtype))];
  },
  gradient: ({ inputs: [a, b], cotangent: g }) => [
    unbroadcast(matmul(g, swapLastTwo(b)), a.shape),
    unbroadcast(matmul(swapLastTwo(a), g), b.shape),
  ],
  batch: (context) => apply(MatMul, alignedForBroadcast(context), {}),
};

/** Adds the product of x `[m, k]` and y `[k, n]` to out, four rows of y at a time: each pass over a row of out costs its reading. */
function multiplyInto(out: Float64Array, x: Float64Array, y: Float64Array, k: number, n: number): void {
  for (let row = 0, at = 0; row < out.length; row += n) {
    let l = 0;
    for (; l + 4 <= k; l += 4, at += 4) {
      const [f0, f1, f2, f3] = [x[at], x[at + 1], x[at + 2], x[at + 3]];
      const [y0, y1, y2, y3] = [l * n, (l + 1) * n, (l + 2) * n, (l + 3) * n];
      for (let j = 0; j < n; j++) out[row + j] += f0 * y[y0 + j] + f1 * y[y1 + j] + f2 * y[y2 + j] + f3 * y[y3 + j];
    }
    for (; l < k; l++, at++) for (let j = 0; j < n; j++) out[row + j] += x[at] * y[l * n + j];
  }
}

function swapLastTwo(x: Tensor): Tensor {
  const axes = x.shape.map((_, i) => i);
  const [last, beforeLast] = [axes.length - 1, axes.length - 2];
  [axes[beforeLast], axes[last]] = [last, beforeLast];
  return transpose(x, axes);
}

/**
 * Matrix product over the last two axes; leading axes broadcast. A vector on the left is a row, one on the right a column, and the
 * axis that this adds is gone from the result: `[k]` by `[k]` is a scalar. ONNX MatMul.
 *
 * @throws `SHAPE_MISMATCH` for scalars, inner sizes that differ and leading axes that do not broadcast; `DTYPE_MISMATCH`.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const [row, column] = [a, b].map((x) => isTensor(x) && x.shape.length === 1);
  if (!row && !column) return apply(MatMul, [a, b], {})[0];
  const [product] = apply(MatMul, [row ? reshape(a, [1, -1]) : a, column ? reshape(b, [-1, 1]) : b], {});
  const rank = product.shape.length;
  return reshape(
    product,
    product.shape.filter((_, i) => !(row && i === rank - 2) && !(column && i === rank - 1)),
  );
}
