/** Properties of broadcasting, reductions and movements of axes, against naive references. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NDArray, type Nested } from './ndarray.js';
import { matmul, max, multiply, reshape, slice, concat, subtract, sum, transpose, where, greater } from './ops/index.js';
import { sizeOf } from './shape.js';
import type { Tensor } from './tensor.js';

const array = (shape: readonly number[], seed: number): NDArray =>
  new NDArray('float64', shape, Float64Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7 + seed * 13) % 19) - 9));

const read = (x: Tensor): Nested => (x as NDArray).toArray();
const size = fc.integer({ min: 0, max: 4 });
const shape = fc.array(size, { maxLength: 4 });

/** A shape that broadcasts with another: some axes 1, some leading ones missing. */
const pair = shape.chain((full) =>
  fc.tuple(fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }), fc.nat(full.length), fc.boolean()).map(
    ([ones, dropped, swap]) => {
      const other = full.map((n, i) => (ones[i] ? 1 : n)).slice(dropped);
      return swap ? [other, full] : [full, other];
    },
  ),
);

/** Element of a nested array at an index of the broadcast result. */
function at(nested: Nested, own: readonly number[], index: readonly number[]): number {
  const tail = index.slice(index.length - own.length);
  return own.reduce<Nested>((inner, n, axis) => (inner as Nested[])[n === 1 ? 0 : tail[axis]], nested) as number;
}

function build(dims: readonly number[], value: (index: readonly number[]) => Nested, index: readonly number[] = []): Nested {
  return index.length === dims.length ? value(index) : Array.from(
    { length: dims[index.length] },
    (_, i) => build(dims, value, [...index, i]),
  );
}

describe('broadcasting', () => {
  it('reads each operand at the same index', () => {
    fc.assert(
      fc.property(pair, ([left, right]) => {
        const [a, b] = [array(left, 1), array(right, 2)];
        const y = subtract(a, b);
        const [na, nb] = [read(a), read(b)];
        expect(read(y)).toEqual(build(y.shape, (i) => at(na, left, i) - at(nb, right, i)));
        const chosen = where(greater(a, 0), a, b);
        expect(read(chosen)).toEqual(build(y.shape, (i) => (at(na, left, i) > 0 ? at(na, left, i) : at(nb, right, i))));
      }),
    );
  });
});

describe('reductions', () => {
  it('over any axes agree with loops', () => {
    const chosen = shape.chain((dims) => fc.tuple(fc.constant(dims), fc.subarray(dims.map((_, i) => i))));
    fc.assert(
      fc.property(chosen, ([dims, axes]) => {
        const x = array(dims, 3);
        const nested = read(x);
        const keptShape = dims.map((n, i) => (axes.includes(i) ? 1 : n));
        const inner = dims.filter((_, i) => axes.includes(i));
        const values = (index: readonly number[]): number[] => {
          const place = (j: readonly number[]): number[] => index.map((n, axis) => (axes.includes(axis) ? j[axes.indexOf(axis)] : n));
          return ([build(inner, (j) => at(nested, dims, place(j)))] as unknown[]).flat(Infinity) as number[];
        };
        expect(read(sum(x, { axes, keepDims: true }))).toEqual(build(keptShape, (i) => values(i).reduce((p, q) => p + q, 0)));
        expect(read(max(x, { axes, keepDims: true }))).toEqual(build(keptShape, (i) => Math.max(...values(i))));
        const dropped = sum(x, { axes });
        expect(dropped.shape).toEqual(dims.filter((_, i) => !axes.includes(i)));
        expect((dropped as NDArray).data).toEqual((sum(x, { axes, keepDims: true }) as NDArray).data);
      }),
    );
  });
});

describe('movements', () => {
  it('come back', () => {
    const permuted = shape.chain((dims) => fc.tuple(
      fc.constant(dims),
      fc.shuffledSubarray(dims.map((_, i) => i), { minLength: dims.length }),
    ));
    fc.assert(
      fc.property(permuted, ([dims, perm]) => {
        const x = array(dims, 4);
        const moved = transpose(x, perm);
        expect(moved.shape).toEqual(perm.map((axis) => dims[axis]));
        expect(read(transpose(moved, perm.map((_, i) => perm.indexOf(i))))).toEqual(read(x));
        expect(read(reshape(reshape(moved, [sizeOf(dims)]), moved.shape))).toEqual(read(moved));
      }),
    );
  });

  it('cut and join', () => {
    const cut = fc.tuple(fc.array(size, { minLength: 1, maxLength: 3 }), fc.nat(), fc.nat());
    fc.assert(
      fc.property(cut, ([dims, a, b]) => {
        const axis = a % dims.length;
        const middle = b % (dims[axis] + 1);
        const x = array(dims, 5);
        expect(read(concat([slice(x, { axis, stop: middle }), slice(x, { axis, start: middle })], { axis }))).toEqual(read(x));
      }),
    );
  });
});

describe('matmul', () => {
  it('is the sum of products over the inner axis', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 0, max: 9 }), size, (m, k, n) => {
        const [a, b] = [array([m, k], 6), array([k, n], 7)];
        const products = sum(multiply(reshape(a, [m, k, 1]), reshape(b, [1, k, n])), { axes: 1 });
        expect(read(matmul(a, b))).toEqual(read(products));
      }),
    );
  });
});
