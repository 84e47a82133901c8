import { describe, expect, it } from 'vitest';
import { valueAndGrad } from '../autodiff.js';
import { trace } from '../graph.js';
import { asarray, NDArray, zeros } from '../ndarray.js';
import { multiply } from '../ops/mul.js';
import { sum } from '../ops/reduce-sum.js';
import type { Tensor } from '../tensor.js';
import { vmap } from '../vmap.js';
import { einsum } from './einsum.js';

const wave = (shape: readonly number[], phase: number): NDArray => {
  const size = shape.reduce((product, n) => product * n, 1);
  return asarray(Float64Array.from({ length: size }, (_, i) => Math.sin(phase + 1.7 * i)), { shape });
};

/** The definition: for every value of every letter, one product. Ellipses are spelt out as letters by the caller. */
function byLoops(inputs: readonly string[], output: string, arrays: readonly NDArray[]): NDArray {
  const sizes = new Map<string, number>();
  inputs.forEach((term, k) => [...term].forEach((c, axis) => sizes.set(c, Math.max(sizes.get(c) ?? 1, arrays[k].shape[axis]))));
  const letters = [...sizes.keys()];
  const at = (term: string, shape: readonly number[], place: ReadonlyMap<string, number>): number =>
    [...term].reduce((offset, c, axis) => offset * shape[axis] + (shape[axis] === 1 ? 0 : place.get(c)!), 0);
  const shape = [...output].map((c) => sizes.get(c)!);
  const data = new Float64Array(shape.reduce((product, n) => product * n, 1));
  const visit = (depth: number, place: Map<string, number>): void => {
    if (depth < letters.length) {
      for (let i = 0; i < sizes.get(letters[depth])!; i++) visit(depth + 1, new Map([...place, [letters[depth], i]]));
      return;
    }
    data[at(output, shape, place)] += arrays.reduce((product, { shape, data }, k) => product * Number(data[at(inputs[k], shape, place)]), 1);
  };
  visit(0, new Map());
  return new NDArray('float64', shape, data);
}

// Equation, the same without ellipses and with its result spelt out, shapes.
const cases: [string, string, number[][]][] = [
  ['ij->ji', 'ij->ji', [[2, 3]]],
  ['ij', 'ij->ij', [[2, 3]]],
  ['ba', 'ba->ab', [[2, 3]]],
  ['ij->', 'ij->', [[2, 3]]],
  ['ij->j', 'ij->j', [[2, 3]]],
  ['ii', 'ii->', [[3, 3]]],
  ['ii->i', 'ii->i', [[3, 3]]],
  ['iij->ji', 'iij->ji', [[3, 3, 2]]],
  ['iii->i', 'iii->i', [[3, 3, 3]]],
  ['ijij->', 'ijij->', [[2, 3, 2, 3]]],
  ['i,i->', 'i,i->', [[4], [4]]],
  ['i,j->ij', 'i,j->ij', [[2], [3]]],
  ['i,j->ji', 'i,j->ji', [[2], [3]]],
  ['i,i->i', 'i,i->i', [[4], [4]]],
  ['ij,jk->ik', 'ij,jk->ik', [[2, 3], [3, 4]]],
  ['ij,jk', 'ij,jk->ik', [[2, 3], [3, 4]]],
  ['ij,jk->ki', 'ij,jk->ki', [[2, 3], [3, 4]]],
  ['ij,kj->ik', 'ij,kj->ik', [[2, 3], [4, 3]]],
  ['ij,jk->', 'ij,jk->', [[2, 3], [3, 4]]],
  ['ij,ij->', 'ij,ij->', [[2, 3], [2, 3]]],
  ['bij,bjk->bik', 'bij,bjk->bik', [[2, 3, 4], [2, 4, 5]]],
  ['bi,bi->b', 'bi,bi->b', [[2, 3], [2, 3]]],
  ['bij,bj->bi', 'bij,bj->bi', [[2, 3, 4], [2, 4]]],
  ['bqhd,bkhd->bhqk', 'bqhd,bkhd->bhqk', [[2, 3, 2, 4], [2, 5, 2, 4]]],
  ['abcd,cdef->fbae', 'abcd,cdef->fbae', [[2, 3, 2, 2], [2, 2, 3, 2]]],
  ['...ij,...jk->...ik', 'abij,bjk->abik', [[2, 3, 2, 4], [3, 4, 2]]],
  ['...ij,...jk', 'aij,ajk->aik', [[1, 2, 3], [4, 3, 2]]],
  ['i...->...', 'iab->ab', [[2, 3, 4]]],
  ['...->...', 'ab->ab', [[2, 3]]],
  ['i...j,j->...i', 'iabj,j->abi', [[2, 3, 2, 4], [4]]],
  ['... , ...', 'a,ba->ba', [[3], [2, 3]]],
  ['ij,ij->ij', 'ij,ij->ij', [[1, 3], [2, 3]]],
  ['ij,jk,kl->il', 'ij,jk,kl->il', [[2, 3], [3, 4], [4, 2]]],
  ['i,ij,j->', 'i,ij,j->', [[2], [2, 3], [3]]],
  ['ab,cb,cd,da->', 'ab,cb,cd,da->', [[2, 3], [4, 3], [4, 2], [2, 2]]],
  ['ij,kl,jk,l->i', 'ij,kl,jk,l->i', [[2, 3], [4, 2], [3, 4], [2]]],
  ['ii,ij,jj->j', 'ii,ij,jj->j', [[2, 2], [2, 3], [3, 3]]],
  [',i->i', ',i->i', [[], [3]]],
];

describe('einsum', () => {
  it.each(cases)('%s', (equation, spelt, shapes) => {
    const [left, output] = spelt.split('->');
    const arrays = shapes.map((shape, k) => wave(shape, k + 1));
    const expected = byLoops(left.split(','), output, arrays);
    const actual = einsum(equation, ...arrays) as NDArray;
    expect(actual.shape).toEqual(expected.shape);
    expected.data.forEach((want, i) => expect(actual.data[i]).toBeCloseTo(want as number, 12));

    // The result is linear in each operand, so its gradient is that operand's place in the definition.
    const weights = wave(expected.shape, 9);
    arrays.forEach((array, k) => {
      const gradient = valueAndGrad((x: Tensor) => sum(multiply(einsum(equation, ...arrays.map((a, j) => (j === k ? x : a))), weights)))(array)[1];
      (array.data as Float64Array).forEach((_, i) => {
        const unit = zeros(array.shape, 'float64');
        unit.data[i] = 1;
        const slope = byLoops(left.split(','), output, arrays.map((a, j) => (j === k ? unit : a)));
        const want = (slope.data as Float64Array).reduce((total, v, o) => total + v * Number(weights.data[o]), 0);
        expect((gradient as NDArray).data[i]).toBeCloseTo(want, 11);
      });
    });
  });

  it('sums integers exactly', () => {
    const a = asarray([[1, 2], [3, 4]], { dtype: 'int64' });
    expect((einsum('ij,jk->ik', a, a) as NDArray).toArray()).toEqual([[7, 10], [15, 22]]);
  });

  it('multiplies matrices wherever letters are summed, the cheapest pair first', () => {
    const names = (equation: string, ...shapes: number[][]): string[] =>
      trace((args: readonly Tensor[]) => einsum(equation, ...args), shapes.map((shape) => ({ dtype: 'float32' as const, shape }))).graph.nodes.map((node) => node.operator.name);
    expect(names('ij,jk->ik', [2, 3], [3, 4])).toEqual(['MatMul']);
    expect(names('bij,bjk->bik', [2, 3, 4], [2, 4, 5])).toEqual(['MatMul']);
    expect(names('bqd,bkd->bqk', [2, 3, 4], [2, 5, 4])).toEqual(['Transpose', 'MatMul']);
    expect(names('bi,bi->b', [2, 3], [2, 3])).toEqual(['Mul', 'ReduceSum']);
    // A vector at the end of a chain: two products of matrix and vector, none of matrices.
    const chain = trace((a: Tensor, b: Tensor, v: Tensor) => einsum('ij,jk,k->i', a, b, v), zeros([50, 50]), zeros([50, 50]), zeros([50])).graph;
    expect(chain.nodes.filter(({ operator }) => operator.name === 'MatMul').map(({ outputs }) => outputs[0].shape)).toEqual([[50, 1], [50, 1]]);
  });

  it('goes through vmap', () => {
    const [a, b] = [wave([4, 2, 3], 1), wave([3, 2], 2)];
    const each = vmap((x: Tensor) => einsum('ij,ji->i', x, b))(a) as NDArray;
    expect(each.shape).toEqual([4, 2]);
    const direct = einsum('bij,ji->bi', a, b) as NDArray;
    each.data.forEach((v, i) => expect(v).toBeCloseTo(direct.data[i] as number, 14));
  });

  it('names what it cannot read, with the equation', () => {
    const x = zeros([2, 3]);
    expect(() => einsum('i1->i', x)).toThrow(/einsum: 'i1->i' does not fit.*'i1'.*INVALID_ARGUMENT/);
    expect(() => einsum('ij->i->j', x)).toThrow(/more than one result.*INVALID_ARGUMENT/);
    expect(() => einsum('ij,jk', x)).toThrow(/Received: 1 operands. Expected: 2/);
    expect(() => einsum('ijk', x)).toThrow(/einsum: 'ijk' does not fit the operands. Received: 'ijk' for shape \[2, 3\].*SHAPE_MISMATCH/);
    expect(() => einsum('i...jk', x)).toThrow(/no more letters than axes/);
    expect(() => einsum('ij,jk', x, x)).toThrow(/3 and 2 for 'j'.*SHAPE_MISMATCH/);
    expect(() => einsum('ii->i', zeros([1, 3]))).toThrow(/1 and 3 for 'i' of one operand.*SHAPE_MISMATCH/);
    expect(() => einsum('ij->ik', x)).toThrow(/'k' in the result/);
    expect(() => einsum('ij->ii', x)).toThrow(/'i' in the result/);
    expect(() => einsum('i...->i', x)).toThrow(/a result without \.\.\./);
    expect(() => einsum('ij,ij', x, zeros([2, 3], 'float64'))).toThrow(/DTYPE_MISMATCH/);
  });
});
