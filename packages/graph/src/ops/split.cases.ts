import { splitAxis } from './split.js';
import { bool, f64, i32, inTypes, type OperatorCase } from '../operator-case.js';
import { asarray } from '../ndarray.js';

export const cases: OperatorCase[] = [
  ...(['float32', 'float64', 'int32', 'int64', 'uint32'] as const).map((dtype) => ({
    name: `equal parts of the first axis, ${dtype}`,
    fn: (x: Parameters<typeof splitAxis>[0]) => splitAxis(x, 2),
    inputs: [asarray([[1, 2], [3, 4], [5, 6], [7, 8]], { dtype })],
    expected: [asarray([[1, 2], [3, 4]], { dtype }), asarray([[5, 6], [7, 8]], { dtype })],
  })),
  {
    name: 'parts of several sizes, the last axis',
    fn: (x) => splitAxis(x, [1, 0, 2], { axis: -1 }),
    inputs: [f64([[1, 2, 3], [4, 5, 6]])],
    expected: [f64([[1], [4]]), asarray(new Float64Array(0), { shape: [2, 0] }), f64([[2, 3], [5, 6]])],
  },
  {
    name: 'a middle axis',
    fn: (x) => splitAxis(x, [2, 1], { axis: 1 }),
    inputs: [f64([[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]])],
    expected: [f64([[[1, 2], [3, 4]], [[7, 8], [9, 10]]]), f64([[[5, 6]], [[11, 12]]])],
  },
  { name: 'only one part is used', fn: (x) => splitAxis(x, 3)[1], inputs: [f64([1, 2, 3])], expected: f64([2]) },
  { name: 'one part', fn: (x) => splitAxis(x, 1), inputs: [i32([1, 2])], expected: [i32([1, 2])] },
  { name: 'bool', fn: (x) => splitAxis(x, [1, 2]), inputs: [bool([true, false, true])], expected: [bool([true]), bool([false, true])] },
  ...inTypes(['f32', 'f64'], 'a scalar per part', (x) => splitAxis(x, 2)[0], [[1, 2]], [1]),
];
