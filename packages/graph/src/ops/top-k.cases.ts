import { asarray } from '../ndarray.js';
import type { Tensor } from '../tensor.js';
import { topK } from './top-k.js';
import { f32, f64, i64, type OperatorCase } from '../operator-case.js';

const both =
  (k: number, options: Parameters<typeof topK>[2] = {}) =>
  (x: Tensor): readonly Tensor[] => {
    const { values, indices } = topK(x, k, options);
    return [values, indices];
  };

export const cases: OperatorCase[] = [
  ...(['float32', 'float64', 'int32', 'int64'] as const).map((dtype) => ({
    name: `the largest, ${dtype}`,
    fn: both(2),
    inputs: [asarray([[1, 5, 2], [7, 0, -3]], { dtype })],
    expected: [asarray([[5, 2], [7, 0]], { dtype }), i64([[1, 2], [0, 1]])],
  })),
  {
    name: 'the smallest',
    fn: both(2, { largest: false }),
    inputs: [f64([[1, 5, 2], [7, 0, -3]])],
    expected: [f64([[1, 2], [-3, 0]]), i64([[0, 2], [2, 1]])],
  },
  { name: 'the first axis', fn: both(1, { axis: 0 }), inputs: [f64([[1, 5], [7, 0]])], expected: [f64([[7, 5]]), i64([[1, 0]])] },
  {
    name: 'a middle axis, named from the end',
    fn: both(1, { axis: -2 }),
    inputs: [f64([[[1, 5], [7, 0]], [[4, 3], [2, 9]]])],
    expected: [f64([[[7, 5]], [[4, 9]]]), i64([[[1, 0]], [[0, 1]]])],
  },
  { name: 'everything, in order', fn: both(4), inputs: [f64([3, 1, 4, 1.5])], expected: [f64([4, 3, 1.5, 1]), i64([2, 0, 3, 1])] },
  { name: 'the lower index on a tie', fn: both(3), inputs: [f32([2, 3, 2, 3, 2])], expected: [f32([3, 3, 2]), i64([1, 3, 0])] },
  {
    name: 'the lower index on a tie of the smallest',
    fn: both(3, { largest: false }),
    inputs: [f32([2, 3, 2, 3, 2])],
    expected: [f32([2, 2, 2]), i64([0, 2, 4])],
  },
  {
    name: 'int64 beyond 2^53',
    fn: both(1),
    inputs: [i64([9007199254740992n, 9007199254740993n])],
    expected: [i64([9007199254740993n]), i64([1])],
  },
  {
    name: 'infinities',
    fn: both(3),
    inputs: [f64([-Infinity, 0, Infinity])],
    expected: [f64([Infinity, 0, -Infinity]), i64([2, 1, 0])],
    differentiable: [],
  },
];
