/** Products of tensors, summed over chosen axes. */
import { shapeError } from '../operator.js';
import { matmul } from '../ops/mat-mul.js';
import { reshape } from '../ops/reshape.js';
import { normalizeAxis, sizeOf } from '../shape.js';
import { transpose } from '../ops/transpose.js';
import type { Tensor } from '../tensor.js';

/**
 * Every product of a and b, summed over axes of equal sizes; the other axes of a, then those of b, remain.
 *
 * @param axes How many: the last of a with the first of b, in order (default: 2). Or a list for each, paired by place.
 * @throws `SHAPE_MISMATCH` where paired axes differ; `INVALID_AXIS`.
 * @example tensordot(a, b, 1); // matmul of matrices
 */
export function tensordot(a: Tensor, b: Tensor, axes: number | readonly [readonly number[], readonly number[]] = 2): Tensor {
  const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const [left, right] =
    typeof axes === 'number'
      ? [count(axes).map((i) => a.shape.length - axes + i), count(axes)]
      : [[a, axes[0]] as const, [b, axes[1]] as const].map(([x, list]) =>
          list.map((axis) => normalizeAxis('tensordot', axis, x.shape.length)),
        );
  const differ = left.length !== right.length || left.some((axis, i) => a.shape[axis] === undefined || a.shape[axis] !== b.shape[right[i]]);
  if (differ)
    throw shapeError(
      'tensordot',
      `axes [${left.join(', ')}] and [${right.join(', ')}] do not pair`,
      [a, b],
      'as many axes, of equal sizes',
    );
  const restA = a.shape.map((_, i) => i).filter((i) => !left.includes(i));
  const restB = b.shape.map((_, i) => i).filter((i) => !right.includes(i));
  const k = sizeOf(left.map((axis) => a.shape[axis]));
  const rows = reshape(transpose(a, [...restA, ...left]), [sizeOf(restA.map((i) => a.shape[i])), k]);
  const columns = reshape(transpose(b, [...right, ...restB]), [k, sizeOf(restB.map((i) => b.shape[i]))]);
  return reshape(matmul(rows, columns), [...restA.map((i) => a.shape[i]), ...restB.map((i) => b.shape[i])]);
}
