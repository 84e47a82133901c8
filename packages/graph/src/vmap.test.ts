import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grad } from './autodiff.js';
import { trace } from './graph.js';
import { prepare } from './interpreter.js';
import { arange, asarray, ones, type NDArray } from './ndarray.js';
import { stack } from './functions/axes.js';
import { add } from './ops/add.js';
import { customGradient } from './ops/custom-gradient.js';
import { greater } from './ops/greater.js';
import { cond } from './ops/if.js';
import { less } from './ops/less.js';
import { whileLoop } from './ops/loop.js';
import { matmul } from './ops/mat-mul.js';
import { multiply } from './ops/mul.js';
import { sum } from './ops/reduce-sum.js';
import { scan } from './ops/scan.js';
import { tanh } from './ops/tanh.js';
import { split } from './random/key.js';
import { uniform } from './random/uniform.js';
import { randomKey } from './random/key.js';
import type { Tensor } from './tensor.js';
import { jvp, vjp } from './vjp.js';
import { vmap } from './vmap.js';

const f64 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'float64' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();
const square = (x: Tensor): Tensor => multiply(x, x);

describe('vmap', () => {
  it('maps over an axis of each argument and puts the examples where it is told', () => {
    const f = (a: Tensor, b: Tensor): Tensor => add(multiply(a, 10), b);
    const a = f64([[1, 2, 3], [4, 5, 6]]);
    expect(read(vmap(f)(a, f64([[0, 1, 2], [3, 4, 5]])))).toEqual([[10, 21, 32], [43, 54, 65]]);
    expect(read(vmap(f, { inAxes: [1, null] })(a, f64([7, 8])))).toEqual([[17, 48], [27, 58], [37, 68]]);
    expect(read(vmap(f, { inAxes: [1, null], outAxis: -1 })(a, f64([7, 8])))).toEqual([[17, 27, 37], [48, 58, 68]]);
  });

  it('takes trees, and repeats what does not depend on the examples', () => {
    const f = (p: { w: Tensor; b: Tensor }): { y: Tensor; one: Tensor } => ({ y: add(multiply(p.w, 2), p.b), one: ones([2], 'float64') });
    const { y, one } = vmap(f)({ w: f64([1, 2, 3]), b: f64([4, 5, 6]) });
    expect([read(y), read(one)]).toEqual([[6, 9, 12], [[1, 1], [1, 1], [1, 1]]]);
  });

  it('within vmap is an outer product of loops', () => {
    const table = vmap((a: Tensor) => vmap((b: Tensor) => multiply(a, b))(arange(1, 4)))(arange(1, 3));
    expect(read(table)).toEqual([[1, 2, 3], [2, 4, 6]]);
  });

  it('shares what is captured from around, also while that is traced', () => {
    const { graph } = trace((w: Tensor, xs: Tensor) => vmap((x: Tensor) => multiply(x, w))(xs), { dtype: 'float64', shape: [2] }, { dtype: 'float64', shape: [3, 2] });
    expect(read(prepare(graph)([f64([1, 10]), f64([[1, 2], [3, 4], [5, 6]])])[0])).toEqual([[1, 20], [3, 40], [5, 60]]);
  });

  it('of a gradient gives the gradient of every example', () => {
    const loss = (w: Tensor, x: Tensor): Tensor => sum(square(tanh(matmul(x, w))));
    const w = f64([[0.5], [-1]]);
    const xs = f64([[[1, 2]], [[3, 4]], [[0.5, 0.25]]]);
    const each = [0, 1, 2].map((i) => grad(loss)(w, f64([[xs.data[2 * i] as number, xs.data[2 * i + 1] as number]])));
    const all = vmap(grad(loss), { inAxes: [null, 0] })(w, xs);
    expect(read(all)).toEqual(read(stack(each)));
    // The other order: the gradient of all losses by their own copies of the parameters.
    const together = grad((ws: Tensor) => sum(vmap(loss)(ws, xs)))(stack([w, w, w]));
    expect(read(together)).toEqual(read(all));
  });

  it('draws with the keys of the examples as each would alone', () => {
    const keys = split(randomKey(3), 4);
    const alone = keys.map((key) => uniform(key, [5]));
    expect(read(vmap((key: Tensor) => uniform(key, [5]))(stack(keys)))).toEqual(read(stack(alone)));
  });

  it('of a loop whose carry only becomes an example\'s own on the way', () => {
    // The sum starts shared; what is added to it is not.
    const f = (xs: Tensor): Tensor => scan((s: Tensor[], x) => [[add(s[1], 0), add(s[1], x)], s[0]], [f64(0), f64(0)], xs)[1];
    const xs = f64([[1, 2, 3], [10, 20, 30]]);
    expect(read(vmap(f)(xs))).toEqual([[0, 0, 1], [0, 0, 10]]);
  });

  it('of a while loop stops each example when it is done', () => {
    const f = (x: Tensor, limit: Tensor): Tensor[] =>
      whileLoop(([v]: Tensor[]) => less(v, limit), ([v, n]) => [multiply(v, 2), add(n, 1)], [x, asarray(0, { dtype: 'int32' })]);
    const [values, counts] = vmap(f)(f64([1, 3, 50]), f64([10, 100, 20]));
    expect([read(values), read(counts)]).toEqual([[16, 192, 50], [4, 6, 0]]);
    const [shared] = vmap(f, { inAxes: [0, null] })(f64([1, 3]), f64(10));
    expect(read(shared)).toEqual([16, 12]);
  });

  it('of a condition takes the branch of each example', () => {
    const f = (x: Tensor): Tensor => cond(greater(x, 0), (v: Tensor) => square(v), (v) => multiply(v, 3), x);
    expect(read(vmap(f)(f64([2, -2, 3])))).toEqual([4, -6, 9]);
    expect(read(grad((xs: Tensor) => sum(vmap(f)(xs)))(f64([2, -2, 3])))).toEqual([4, 3, 6]);
  });

  it('of a custom gradient keeps it, in either order', () => {
    const through = customGradient((x: Tensor, slope: Tensor) => [greater(x, 0) && multiply(x, 0), (g: Tensor) => [multiply(g, slope), null]]);
    const [xs, slopes] = [f64([1, 2]), f64([5, 7])];
    expect(read(vmap(grad(through))(xs, slopes))).toEqual([5, 7]);
    expect(read(grad((v: Tensor) => sum(vmap(through)(v, slopes)))(xs))).toEqual([5, 7]);
  });

  it('names what has another number of examples, and what has none', () => {
    const f = (p: { a: Tensor; b: Tensor }): Tensor => add(p.a, p.b);
    expect(() => vmap(f)({ a: f64([1, 2]), b: f64([1, 2, 3]) })).toThrow(/argument '0.b' has another number.*\[3\].*Expected: 2.*SHAPE_MISMATCH/);
    expect(() => vmap(f, { inAxes: null })({ a: f64([1]), b: f64([1]) })).toThrow(/no argument holds examples.*INVALID_ARGUMENT/);
    expect(() => vmap(square, { inAxes: 2 })(f64([1]))).toThrow(/vmap: no such axis.*INVALID_AXIS/);
  });
});

describe('vjp and jvp', () => {
  it('take records by their keys, whatever their order', () => {
    const f = (p: { a: Tensor; b: Tensor }) => ({ double: multiply(p.a, 2), triple: multiply(p.b, 3) });
    const at = { a: asarray(1), b: asarray(1) };
    const [p] = vjp(f, at)[1]({ triple: asarray(0), double: asarray(1) });
    expect([p.a, p.b].map((t) => (t as NDArray).item())).toEqual([2, 0]);
    const tangent = { b: asarray(0), a: asarray(1) };
    expect((jvp(f, [at], [tangent])[1].double as NDArray).item()).toBe(2);
  });

  const f = (x: Tensor, p: { w: Tensor }): { y: Tensor; s: Tensor } => ({ y: tanh(matmul(x, p.w)), s: sum(square(x)) });
  const x = f64([[1, -2]]);
  const p = { w: f64([[0.5, 1, 2], [0.25, -1, 0]]) };
  const near = (a: Tensor, b: Tensor): void => (a as NDArray).data.forEach((v, i) => expect(Number(v)).toBeCloseTo(Number((b as NDArray).data[i]), 12));

  it('give the value', () => {
    const expected = f(x, p);
    expect(read(vjp(f, x, p)[0].y)).toEqual(read(expected.y));
    expect(read(jvp(f, [x, p], [x, p])[0].s)).toEqual(read(expected.s));
  });

  it('are transposes of one another', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 12, maxLength: 12 }), (n) => {
        const tangents = [f64([n.slice(0, 2)]), { w: f64([n.slice(2, 5), n.slice(5, 8)]) }] as const;
        const cotangent = { y: f64([n.slice(8, 11)]), s: f64(n[11]) };
        const [, dy] = jvp(f, [x, p], [...tangents]);
        const [dx, dp] = vjp(f, x, p)[1](cotangent);
        const dot = (a: Tensor, b: Tensor): number => (sum(multiply(a, b)) as NDArray).item();
        expect(dot(dy.y, cotangent.y) + dot(dy.s, cotangent.s)).toBeCloseTo(dot(dx, tangents[0]) + dot(dp.w, tangents[1].w), 10);
      }),
    );
  });

  it('of a Jacobian, column by column and row by row, agree', () => {
    const g = (v: Tensor): Tensor => tanh(multiply(v, f64([1, 2, 3])));
    const at = f64([0.1, 0.2, 0.3]);
    const eye = f64([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
    const columns = vmap((direction: Tensor) => jvp(g, [at], [direction])[1], { outAxis: 1 })(eye);
    const rows = vmap((cotangent: Tensor) => vjp(g, at)[1](cotangent)[0])(eye);
    near(columns, rows);
  });

  it('refuse directions of another form', () => {
    expect(() => jvp(f, [x, p], [x, { w: f64([1]) }])).toThrow(/jvp: the tangent.*'1.w'.*float64\[1\].*float64\[2, 3\].*SHAPE_MISMATCH/);
    expect(() => vjp(f, x, p)[1]({ y: f64([[1, 2, 3]]) } as never)).toThrow(/vjp: the cotangent.*nothing.*float64\[\]/);
  });
});
