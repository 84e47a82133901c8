import { describe, expect, it } from 'vitest';
import { grad, valueAndGrad } from './autodiff.js';
import { checkpoint } from './checkpoint.js';
import { trace } from './graph.js';
import { asarray, type NDArray } from './ndarray.js';
import { matmul } from './ops/mat-mul.js';
import { multiply } from './ops/mul.js';
import { sum } from './ops/reduce-sum.js';
import { tanh } from './ops/tanh.js';
import { optimize } from './passes/optimize.js';
import type { Tensor } from './tensor.js';
import { vmap } from './vmap.js';

const f64 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'float64' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();

/** Two layers on `x`, of which the second weight is captured. */
const block = (w: Tensor, captured: Tensor, x: Tensor): Tensor => tanh(matmul(tanh(matmul(x, w)), captured));
const w = f64([[0.5, -1], [0.25, 2]]);
const v = f64([[1, 0.5], [-0.5, 1]]);
const x = f64([[1, -2]]);
const through = (wrap: typeof checkpoint) => (a: Tensor, b: Tensor) => sum(wrap((p: Tensor, at: Tensor) => block(p, b, at))(a, x));
const plain = through(((fn: unknown) => fn) as typeof checkpoint);

describe('checkpoint', () => {
  it('changes neither the value nor gradients, those of captured values included', () => {
    for (const at of [0, 1]) {
      const by = (f: typeof plain) => valueAndGrad((p: Tensor[]) => f(p[0], p[1]))([w, v]);
      const [[value, gradients], [value2, gradients2]] = [by(plain), by(through(checkpoint))];
      expect(read(value2)).toBe(read(value));
      expect(read(gradients2[at])).toEqual(read(gradients[at]));
    }
  });

  it('has second derivatives, and batches', () => {
    const second = (f: typeof plain) => grad((a: Tensor) => sum(multiply(grad(f)(a, v), w)))(w);
    const [a, b] = [second(plain), second(through(checkpoint))] as NDArray[];
    a.data.forEach((n, i) => expect(Number(b.data[i])).toBeCloseTo(Number(n), 12));
    const many = f64([[[0.5, -1], [0.25, 2]], [[1, 1], [0, -1]]]);
    const each = (f: typeof plain) => read(vmap(grad(f), { inAxes: [0, null] })(many, v));
    expect(each(through(checkpoint))).toEqual(each(plain));
  });

  it('keeps nothing but the arguments for the way back', () => {
    const { graph } = trace((a: Tensor) => valueAndGrad((p: Tensor) => through(checkpoint)(p, v))(a), w);
    const { nodes } = optimize(graph);
    const scans = nodes.filter(({ operator }) => operator.name === 'Scan');
    expect(scans).toHaveLength(1);
    // Both layers again, inside; outside each only once.
    expect(nodes.filter(({ operator }) => operator.name === 'Tanh')).toHaveLength(2);
    const made = new Set(nodes.filter(({ operator }) => operator.name === 'Tanh').map(({ outputs }) => outputs[0]));
    expect(scans[0].inputs.some((input) => made.has(input as never))).toBe(false);
  });
});
