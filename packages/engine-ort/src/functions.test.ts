/** Functions that are compositions, with their gradients, in ONNX Runtime against the interpreter, in both float types. */
import {
  asarray,
  cholesky,
  conjugateGradient,
  det,
  diag,
  diagonal,
  einsum,
  flip,
  gatherND,
  matmul,
  matrixTranspose,
  multiply,
  type NDArray,
  pad,
  resize,
  reverseSequence,
  roll,
  searchsorted,
  slice,
  solve,
  sort,
  sum,
  take,
  tile,
  trace,
  triangularSolve,
  tril,
  valueAndGrad,
  vmap,
  type DType,
  type Tensor,
} from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { ortEngine } from './ort-engine.js';

/** Numbers without pattern, of which square matrices are far from singular. */
function noise(shape: readonly number[], dtype: DType): NDArray {
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Float64Array.from({ length: size }, (_, i) => (((i + 1) * (i + 3) * 0.6180339887498949) % 1) - 0.4);
  return asarray(asarray(values, { shape }), { dtype });
}

const i32 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'int32' });
const gram = (x: Tensor): Tensor => matmul(x, matrixTranspose(x));

const examples: Record<string, [fn: (...args: Tensor[]) => Tensor, ...shapes: number[][]]> = {
  'slice in steps': [(x) => slice(x, [{ start: 5, step: -2 }, { step: 3 }]), [7, 8]],
  'pad, reflect and edge': [(x) => pad(pad(x, { pads: [[0, 0], [2, 1]], mode: 'reflect' }), { pads: [[1, 0], [0, 2]], mode: 'edge' }), [3, 4]],
  'flip and roll': [(x) => roll(flip(x), [1, -2], { axes: [0, 1] }), [3, 4]],
  'tile': [(x) => tile(x, [2, 3]), [3, 4]],
  'tril, diag and diagonal': [(x) => diag(diagonal(tril(x), { offset: -1 }), { offset: 2 }), [2, 4, 4]],
  'reverseSequence': [(x) => reverseSequence(x, i32([3, 1, 4])), [4, 3, 2]],
  'sort': [(x) => sort(x, { axis: 0, descending: true }), [6, 3]],
  'gatherND': [(x) => gatherND(x, i32([[[0, 1], [1, 1]], [[1, 0], [1, 0]]]), { batchDims: 1 }), [2, 3, 4, 2]],
  'take on a middle axis': [(x) => take(x, i32([1, 1, 0]), { axis: 1 }), [2, 3, 4]],
  'einsum with an ellipsis': [(a, b) => einsum('...ij,jk->...ki', a, b), [2, 3, 4], [4, 5]],
  'einsum of three': [(a, b, c) => einsum('bij,bjk,k->bi', a, b, c), [2, 3, 4], [2, 4, 5], [5]],
  'attention by einsum': [(q, k) => einsum('bqhd,bkhd->bhqk', q, k), [2, 3, 2, 4], [2, 5, 2, 4]],
  'triangularSolve': [(a, b) => triangularSolve(multiply(a, 3), b), [5, 5], [5, 2]],
  'cholesky': [(x) => cholesky(gram(x)), [2, 4, 6]],
  'solve': [solve, [2, 4, 4], [4, 3]],
  'solve, for each of a batch': [(a, b) => vmap(solve)(a, b), [2, 4, 4], [2, 4]],
  'det': [det, [3, 4, 4]],
  'conjugateGradient': [(a, b) => conjugateGradient((x) => matmul(gram(a), x), b, { steps: 3 }), [3, 5], [3]],
  'resize, linear': [(x) => resize(x, { axes: [2, 3], scales: [2, 0.7], mode: 'linear' }), [1, 2, 4, 5]],
  'resize, cubic, antialiased': [(x) => resize(x, { sizes: [2, 3], mode: 'cubic', antialias: true }), [5, 6]],
  'resize, nearest': [(x) => resize(x, { sizes: [7, 3] }), [4, 5]],
};

describe.each(['float32', 'float64'] as const)('%s', (dtype) => {
  it.each(Object.entries(examples))('%s', async (_, [fn, ...shapes]) => {
    const inputs = shapes.map((shape) => noise(shape, dtype));
    const both = (...args: Tensor[]): Tensor[] => {
      const loss = (args: Tensor[]): [Tensor, Tensor] => { const y = fn(...args); return [sum(multiply(y, noise(y.shape, dtype))), y]; };
      const [[, value], gradients] = valueAndGrad(loss)(args);
      return [value, ...(gradients as Tensor[])];
    };
    const { graph } = trace(both, ...inputs);
    for (const threads of [1, 2]) {
      const executable = await ortEngine({ threads, fallback: false }).compile(graph);
      const actual = await executable.run(inputs);
      await executable.dispose();
      both(...inputs).forEach((expected, o) => {
        const want = (expected as NDArray).data as Float64Array;
        const scale = Math.max(1, ...want.map(Math.abs));
        expect(actual[o].shape).toEqual(expected.shape);
        want.forEach((v, i) => expect(Math.abs(Number(actual[o].data[i]) - v) / scale).toBeLessThan(dtype === 'float32' ? 2e-5 : 1e-12));
      });
    }
  });
});

it('searchsorted', async () => {
  const [sorted, values] = [i32([1, 2, 2, 5, 9]), i32([[0, 2, 3], [9, 10, 5]])];
  const executable = await ortEngine({ threads: 1, fallback: false }).compile(trace((s: Tensor, v: Tensor) => searchsorted(s, v), sorted, values).graph);
  expect((await executable.run([sorted, values])).map((result) => result.toArray())).toEqual([[[0, 1, 3], [4, 5, 3]]]);
  await executable.dispose();
});
