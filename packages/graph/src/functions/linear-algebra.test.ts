import { describe, expect, it } from 'vitest';
import { valueAndGrad } from '../autodiff.js';
import { trace } from '../graph.js';
import { asarray, NDArray, zeros } from '../ndarray.js';
import { add } from '../ops/add.js';
import { matmul } from '../ops/mat-mul.js';
import { multiply } from '../ops/mul.js';
import { sum } from '../ops/reduce-sum.js';
import type { Tensor } from '../tensor.js';
import { vmap } from '../vmap.js';
import { matrixTranspose } from './axes.js';
import { cholesky } from './cholesky.js';
import { conjugateGradient } from './conjugate-gradient.js';
import { eye } from './creation.js';
import { det, inv, slogdet, solve } from './solve.js';
import { tril } from './triangular.js';
import { triangularSolve } from './triangular-solve.js';

const f64 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'float64' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();
/** Numbers without pattern, as ops.test.ts has them. */
const noise = (shape: readonly number[], start = 1): NDArray => {
  const size = shape.reduce((product, n) => product * n, 1);
  return asarray(Float64Array.from({ length: size }, (_, i) => (((i + start) * (i + 3) * 0.6180339887498949) % 1) - 0.4), { shape });
};

function expectClose(actual: Tensor, expected: Tensor, tolerance: number): void {
  expect(actual.shape).toEqual(expected.shape);
  const scale = Math.max(1, ...Array.from((expected as NDArray).data as Float64Array, Math.abs));
  (expected as NDArray).data.forEach((want, i) => {
    expect(Math.abs(Number((actual as NDArray).data[i]) - Number(want)) / scale, `element ${i}`).toBeLessThanOrEqual(tolerance);
  });
}

/** First and second derivatives of the weighted sum of fn(x), against central differences. */
function expectDerivatives(fn: (x: Tensor) => Tensor, x: NDArray, tolerance = 1e-7): void {
  const value = (x: Tensor): Tensor => { const y = fn(x); return sum(multiply(y, noise(y.shape, 5))); };
  const slope = (x: Tensor): Tensor => sum(multiply(valueAndGrad(value)(x)[1], noise(x.shape, 11)));
  for (const f of [value, slope]) {
    const gradient = valueAndGrad(f)(x)[1];
    const differences = Float64Array.from({ length: x.size }, (_, i) => {
      const at = (h: number): number => {
        const data = Float64Array.from(x.data as Float64Array);
        data[i] += h;
        return (f(new NDArray('float64', x.shape, data)) as NDArray).item();
      };
      const central = (h: number): number => (at(h) - at(-h)) / (2 * h);
      return (4 * central(5e-4) - central(1e-3)) / 3;
    });
    expectClose(gradient, new NDArray('float64', x.shape, differences), tolerance);
  }
}

const positive = (x: Tensor): Tensor => add(matmul(x, matrixTranspose(x)), eye(x.shape[x.shape.length - 1], undefined, { dtype: 'float64' }));

describe('triangularSolve', () => {
  it('solves by hand', () => {
    expect(read(triangularSolve(f64([[2, 0], [1, 4]]), f64([2, 9])))).toEqual([1, 2]);
    expect(read(triangularSolve(f64([[2, 1], [0, 4]]), f64([4, 8]), { lower: false }))).toEqual([1, 2]);
    expect(read(triangularSolve(f64([[2, NaN], [1, 4]]), f64([4, 8]), { transpose: true }))).toEqual([1, 2]);
  });

  it.each([1, 2, 3, 5, 8, 17, 64])('leaves no residual, n = %i', (n) => {
    const a = add(tril(noise([2, n, n])), multiply(eye(n, undefined, { dtype: 'float64' }), 2)) as NDArray;
    const b = noise([2, n, 3], 7);
    expectClose(matmul(a, triangularSolve(a, b)), b, 1e-13);
    expectClose(matmul(matrixTranspose(a), triangularSolve(a, b, { transpose: true })), b, 1e-13);
    expectClose(matmul(matrixTranspose(a), triangularSolve(matrixTranspose(a), b, { lower: false })), b, 1e-13);
  });

  it('has derivatives', () => {
    const b = noise([3, 2]);
    expectDerivatives((x) => triangularSolve(x, b), f64([[2, 9, 9], [1, 3, 9], [-1, 0.5, 1]]));
    expectDerivatives((x) => triangularSolve(f64([[2, 0], [1, 4]]), x), noise([2, 2]));
  });

  it('grows with the logarithm of n', () => {
    const nodes = (n: number): number => trace((a: Tensor, b: Tensor) => triangularSolve(a, b), zeros([n, n]), zeros([n])).graph.nodes.length;
    expect(nodes(128) - nodes(64)).toBe(nodes(64) - nodes(32));
    expect(nodes(128)).toBeLessThan(120);
  });
});

describe('cholesky', () => {
  it('takes the root', () => {
    expect(read(cholesky(f64([[4, 2], [2, 5]])))).toEqual([[2, 0], [1, 2]]);
    expect((read(cholesky(f64([[1, 2], [2, 1]]))) as number[][])[1][1]).toBeNaN();
  });

  it.each([1, 2, 3, 7, 30])('gives the matrix back, n = %i', (n) => {
    const a = positive(noise([2, n, n]));
    const root = cholesky(a);
    expectClose(matmul(root, matrixTranspose(root)), a, 1e-14 * n);
    expect(read(tril(root))).toEqual(read(root));
  });

  it('has derivatives, a symmetric first one, and batches', () => {
    expectDerivatives((x) => cholesky(positive(x)), noise([3, 3]));
    const a = positive(noise([3, 3]));
    const gradient = valueAndGrad((x: Tensor) => sum(multiply(cholesky(x), noise([3, 3], 4))))(a)[1];
    expectClose(gradient, matrixTranspose(gradient), 1e-15);
    const many = positive(noise([4, 3, 3]));
    expectClose(vmap(cholesky)(many), cholesky(many), 1e-14);
  });
});

describe('solve, inv, det and slogdet', () => {
  it('agree with hand', () => {
    expect(read(solve(f64([[0, 2], [1, 1]]), f64([2, 3])))).toEqual([2, 1]);
    expect(read(inv(f64([[0, 2], [1, 0]])))).toEqual([[0, 1], [0.5, 0]]);
    expect(read(det(f64([[1, 2], [3, 4]])))).toBeCloseTo(-2, 14);
    // A cycle of three rows is even, an exchange odd.
    expect(read(det(f64([[0, 1, 0], [0, 0, 1], [1, 0, 0]])))).toBe(1);
    expect(read(det(f64([[[0, 1], [1, 0]], [[1, 0], [0, 1]]])))).toEqual([-1, 1]);
    expect(read(det(f64([[1, 2], [2, 4]])))).toBeCloseTo(0, 15);
    expect(read(det(f64([[0, 0, 1], [0, 0, 2], [1, 2, 3]])))).toBeCloseTo(0, 15);
    const { sign, logabsdet } = slogdet(f64([[0, 2], [3, 0]]));
    expect([read(sign), read(logabsdet)]).toEqual([-1, Math.log(3) + Math.log(2)]);
    expect(read(slogdet(f64([[1, 2], [2, 4]])).sign)).toBeCloseTo(0, 15);
    expect(read(det(zeros([0, 0])))).toBe(1);
    expect((read(solve(f64([[1, 2], [2, 4]]), f64([1, 3]))) as number[]).every(Number.isFinite)).toBe(false);
  });

  it.each([1, 2, 3, 8, 40])('leave no residual, n = %i', (n) => {
    const a = noise([2, n, n]);
    const b = noise([2, n, 3], 9);
    expectClose(matmul(a, solve(a, b)), b, 1e-11);
    expectClose(matmul(inv(a), a), add(eye(n, undefined, { dtype: 'float64' }), zeros([2, n, n], 'float64')), 1e-11);
  });

  it('det is that of a product of triangles', () => {
    const lower = add(tril(noise([6, 6])), eye(6, undefined, { dtype: 'float64' })) as NDArray;
    const diagonal = Array.from({ length: 6 }, (_, i) => Number(lower.data[i * 7])).reduce((a, b) => a * b);
    expect((det(matmul(lower, matrixTranspose(lower))) as NDArray).item()).toBeCloseTo(diagonal ** 2, 12);
  });

  it('broadcast', () => {
    const [a, b] = [noise([3, 3]), noise([2, 3, 2], 4)];
    expectClose(matmul(a, solve(a, b)), b, 1e-13);
    const many = noise([2, 3, 3]);
    expectClose(matmul(many, solve(many, noise([3, 2], 4))), add(noise([3, 2], 4), zeros([2, 3, 2], 'float64')), 1e-12);
    expectClose(vmap((x: Tensor) => solve(a, x))(b), solve(a, b), 1e-13);
    expectClose(vmap((x: Tensor) => det(x))(many), det(many), 1e-14);
  });

  it('have derivatives', () => {
    const a = add(noise([3, 3]), eye(3, undefined, { dtype: 'float64' })) as NDArray;
    expectDerivatives((x) => solve(x, noise([3, 2], 2)), a, 1e-6);
    expectDerivatives((x) => solve(a, x), noise([3]));
    expectDerivatives((x) => solve(a, x), noise([2, 3, 1]));
    expectDerivatives((x) => det(x), a);
    expectDerivatives((x) => slogdet(x).logabsdet, a, 1e-6);
  });

  it('refuse what does not fit', () => {
    expect(() => solve(zeros([2, 3]), zeros([2]))).toThrow(/solve: no square matrix.*float32\[2, 3\]/);
    expect(() => solve(zeros([2, 2]), zeros([3, 1]))).toThrow(/solve: sides do not fit/);
    expect(() => det(zeros([2, 2], 'int32'))).toThrow(/DTYPE_MISMATCH/);
  });
});

describe('conjugateGradient', () => {
  const a = positive(noise([5, 5]));
  const b = noise([5], 3);

  it('finds the solution in as many steps as unknowns, and stays there', () => {
    for (const steps of [5, 12]) expectClose(conjugateGradient((x) => matmul(a, x), b, { steps }), solve(a, b), 1e-9);
    expectClose(conjugateGradient((x) => matmul(a, x), b, { steps: 5, start: noise([5], 8) }), solve(a, b), 1e-9);
    expect(read(conjugateGradient((x) => multiply(x, 2), f64([2, 4]), { steps: 9 }))).toEqual([1, 2]);
  });

  it('has the gradient of the solution', () => {
    const gradient = (fn: (a: Tensor) => Tensor): Tensor => valueAndGrad((x: Tensor) => sum(multiply(fn(positive(x)), b)))(noise([5, 5]))[1];
    expectClose(gradient((m) => conjugateGradient((x) => matmul(m, x), b, { steps: 5 })), gradient((m) => solve(m, b)), 1e-7);
  });

  it('refuses no steps', () => {
    expect(() => conjugateGradient((x) => x, b, { steps: 0 })).toThrow(/INVALID_ARGUMENT/);
  });
});
