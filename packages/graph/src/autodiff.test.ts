import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grad, gradients, valueAndGrad } from './autodiff.js';
import { trace } from './graph.js';
import { prepare, substitute } from './interpreter.js';
import { asarray, scalar, type NDArray } from './ndarray.js';
import { add } from './ops/add.js';
import { cast } from './ops/cast.js';
import { exp } from './ops/exp.js';
import { floor } from './ops/floor.js';
import { maximum } from './ops/max.js';
import { multiply } from './ops/mul.js';
import { max } from './ops/reduce-max.js';
import { sum } from './ops/reduce-sum.js';
import { relu } from './ops/relu.js';
import { tanh } from './ops/tanh.js';
import { topK } from './ops/top-k.js';
import { SymbolicTensor, type Tensor } from './tensor.js';

const f64 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'float64' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();
const square = (x: Tensor): Tensor => multiply(x, x);

describe('valueAndGrad', () => {
  it('gives the value and the gradient in the nesting of the first argument', () => {
    const f = (p: { w: Tensor; layers: readonly Tensor[] }, x: Tensor): Tensor => sum(multiply(multiply(p.w, p.layers[0]), x));
    const [value, gradient] = valueAndGrad(f)({ w: f64([1, 2]), layers: [f64([3, 4])] }, f64([10, 100]));
    expect(read(value)).toBe(830);
    expect(read(gradient.w)).toEqual([30, 400]);
    expect(read(gradient.layers[0])).toEqual([10, 200]);
  });

  it('hands auxiliary results through', () => {
    const f = (x: Tensor): readonly [Tensor, { y: Tensor; parts: Tensor[] }] => {
      const y = square(x);
      return [sum(y), { y, parts: [x, scalar(5)] }];
    };
    const [[value, aux], gradient] = valueAndGrad(f)(f64([1, 2]));
    expect([read(value), read(aux.y), aux.parts.map(read), read(gradient)]).toEqual([5, [1, 4], [[1, 2], 5], [2, 4]]);
  });

  it('gives zeros for a parameter without influence', () => {
    const f = (p: { used: Tensor; not: Tensor; rounded: Tensor }): Tensor => add(sum(p.used), sum(floor(p.rounded)));
    const gradient = grad(f)({ used: f64([1]), not: asarray([[1, 2]]), rounded: f64([1.5]) });
    expect([read(gradient.used), read(gradient.not), read(gradient.rounded)]).toEqual([[1], [[0, 0]], [0]]);
    expect(gradient.not).toMatchObject({ dtype: 'float32', shape: [1, 2] });
    expect(read(grad((_: Tensor) => scalar(3))(f64([1, 2])))).toEqual([0, 0]);
  });

  it('works inside a trace as outside', () => {
    const f = (x: Tensor): Tensor => sum(tanh(square(x)));
    const x = f64([0.3, -0.7]);
    const { graph } = trace((at: Tensor) => valueAndGrad(f)(at), x);
    expect(prepare(graph)([x]).map(read)).toEqual(valueAndGrad(f)(x).map(read));
  });

  it('differentiates again', () => {
    const cube = (x: Tensor): Tensor => multiply(x, square(x));
    expect(read(cube(f64(2)))).toBe(8);
    expect(read(grad(cube)(f64(2)))).toBe(12);
    expect(read(grad(grad(cube))(f64(2)))).toBe(12);
    expect(read(grad(grad(grad(cube)))(f64(2)))).toBe(6);
  });

  it('names the parameter that cannot be differentiated', () => {
    const f = (p: { w: Tensor; steps: Tensor }): Tensor => sum(p.w);
    expect(() => grad(f)({ w: f64([1]), steps: asarray([1], { dtype: 'int32' }) }))
      .toThrow(/'steps'.*int32\[1\].*float32 or float64.*NOT_DIFFERENTIABLE/);
    expect(() => grad((x: Tensor) => x)(scalar(1, 'int64'))).toThrow(/the first argument.*int64\[\]/);
  });

  it('wants a float scalar', () => {
    expect(() => grad(square)(f64([1, 2]))).toThrow(/float scalar.*float64\[2\].*sum\(\) or mean\(\).*NOT_DIFFERENTIABLE/);
    expect(() => grad((x: Tensor) => cast(sum(x), 'int32'))(f64([1]))).toThrow(/float scalar.*int32\[\]/);
    expect(() => grad(() => 3 as never)(f64([1]))).toThrow(/float scalar.*type number/);
    expect(() => grad(() => undefined as never)(f64([1]))).toThrow(/float scalar.*type undefined/);
  });
});

describe('gradients', () => {
  const x = new SymbolicTensor('float64', []);
  const at = (values: readonly Tensor[], point: number): unknown[] =>
    substitute(values, new Map<Tensor, Tensor>([[x, f64(point)]])).map(read);

  it('takes values computed on the way as independent', () => {
    const y = square(x);
    const z = add(multiply(y, 3), x);
    expect(at(gradients(z, [y, x]), 5)).toEqual([3, 1]);
    expect(at(gradients(z, [x]), 5)).toEqual([31]);
  });

  it('of the output by itself is one', () => {
    const y = exp(x);
    expect(at(gradients(y, [y, x]), 2)).toEqual([1, 0]);
    expect(at(gradients(x, [x]), 2)).toEqual([1]);
  });

  it('adds up over all paths, in a graph of many shared nodes', () => {
    // y doubles 40 times: 2^40 paths, 40 nodes.
    let y: Tensor = x;
    for (let i = 0; i < 40; i++) y = add(y, y);
    expect(at(gradients(y, [x]), 1)).toEqual([2 ** 40]);
  });
});

describe('choices at ties and kinks', () => {
  it('are shared equally, or zero', () => {
    expect(read(grad((x: Tensor) => max(x))(f64([2, 1, 2, 2])))).toEqual([1 / 3, 0, 1 / 3, 1 / 3]);
    const both = grad((p: { a: Tensor; b: Tensor }) => sum(maximum(p.a, p.b)))({ a: f64([1, 2]), b: f64([1, 5]) });
    expect([read(both.a), read(both.b)]).toEqual([[0.5, 0], [0.5, 1]]);
    expect(read(grad((x: Tensor) => sum(relu(x)))(f64([0, 1, -1])))).toEqual([0, 1, 0]);
    expect(read(grad((x: Tensor) => sum(topK(x, 2).values))(f64([3, 3, 3])))).toEqual([1, 1, 0]);
  });
});

describe('linearity', () => {
  it('holds: the gradient of a f + b g is a times that of f plus b times that of g', () => {
    const number = fc.double({ min: -2, max: 2, noNaN: true });
    const f = (x: Tensor): Tensor => sum(tanh(square(x)));
    const g = (x: Tensor): Tensor => sum(exp(multiply(x, -0.5)));
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 5 }), number, number, (values, a, b) => {
        const x = f64(values);
        const together = grad((at: Tensor) => add(multiply(f(at), a), multiply(g(at), b)))(x) as NDArray;
        const [df, dg] = [grad(f)(x) as NDArray, grad(g)(x) as NDArray];
        together.data.forEach((value, i) => {
          expect(Math.abs(Number(value) - (a * Number(df.data[i]) + b * Number(dg.data[i])))).toBeLessThan(1e-12);
        });
      }),
    );
  });
});
