/** Functions against PyTorch: values, gradients, and second derivatives (test/golden/make.py). */
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/functions.json' with { type: 'json' };
import { valueAndGrad } from '../autodiff.js';
import { trace } from '../graph.js';
import { prepare } from '../interpreter.js';
import { asarray, type NDArray, type Nested } from '../ndarray.js';
import { add } from '../ops/add.js';
import { multiply } from '../ops/mul.js';
import { prod } from '../ops/reduce-prod.js';
import { sum } from '../ops/reduce-sum.js';
import type { Tensor } from '../tensor.js';
import { vmap } from '../vmap.js';
import { stack } from './axes.js';
import * as functions from './index.js';

const { gelu, celu, cumulativeProd, diff, median, std, vectorNorm } = functions;

const renamed: Record<string, (...inputs: Tensor[]) => Tensor> = {
  geluTanh: (x) => gelu(x, { approximate: 'tanh' }),
  celu: (x) => celu(x, 0.5),
  prod: (x) => prod(x, { axes: 1 }),
  cumulativeProd: (x) => cumulativeProd(x),
  std: (x) => std(x, { axes: 1, correction: 1 }),
  norm1: (x) => vectorNorm(x, { ord: 1, axes: 1 }),
  norm2: (x) => vectorNorm(x, { axes: 1 }),
  norm3: (x) => vectorNorm(x, { ord: 3, axes: 1 }),
  normInfinity: (x) => vectorNorm(x, { ord: Infinity, axes: 1 }),
  median: (x) => median(x, { axis: 1 }),
  diff: (x) => diff(x, { n: 2 }),
};

/** A scalar of y, with the weights of make.py. */
function weigh(y: Tensor): Tensor {
  const size = y.shape.reduce((product, n) => product * n, 1);
  const weights = Float64Array.from({ length: size }, (_, i) => (((i + 1) * 0.6180339887498949) % 1) - 0.4);
  return sum(multiply(y, asarray(weights, { shape: y.shape })));
}

function expectClose(actual: Tensor, expected: Nested, what: string): void {
  const [a, e] = [actual as NDArray, asarray(expected, { dtype: 'float64' })];
  expect(a.shape).toEqual(e.shape);
  a.data.forEach((value: number | bigint, i: number) => {
    const want = e.data[i] as number;
    const error = Math.abs(Number(value) - want) / Math.max(Math.abs(want), 1e-3);
    expect(error <= 1e-12, `${what}, element ${i}: ${value}, expected ${want}`).toBe(true);
  });
}

interface Golden {
  readonly inputs: readonly Nested[];
  readonly value: Nested;
  readonly gradients: readonly Nested[];
  readonly second: readonly Nested[];
}

describe.each(Object.entries(golden as Record<string, Golden>))('%s', (name, { inputs, value, gradients, second }) => {
  const fn = renamed[name] ?? (functions[name as keyof typeof functions] as unknown as (...inputs: Tensor[]) => Tensor);
  const xs = inputs.map((x) => asarray(x, { dtype: 'float64' }));

  it('has the values', () => {
    expectClose(fn(...xs), value, 'value');
    const { graph } = trace((...args: Tensor[]) => fn(...args), ...xs);
    expectClose(prepare(graph)(xs)[0], value, 'compiled');
  });

  it('has the derivatives, first and second', () => {
    const slopes = (args: Tensor[]): Tensor[] => valueAndGrad((a: Tensor[]) => weigh(fn(...a)))(args)[1];
    slopes(xs).forEach((slope, i) => expectClose(slope, gradients[i], `gradient ${i}`));
    const curvature = valueAndGrad((args: Tensor[]) => slopes(args).map(weigh).reduce((a, b) => add(a, b)))(xs)[1];
    curvature.forEach((x, i) => expectClose(x, second[i], `second ${i}`));
  });

  it('takes examples by vmap', () => {
    const reversed = xs.map((x) => asarray(Float64Array.from(x.data as Float64Array).reverse(), { shape: x.shape }));
    const both = vmap(fn)(...xs.map((x, i) => stack([x, reversed[i]])));
    expect((both as NDArray).toArray()).toEqual([(fn(...xs) as NDArray).toArray(), (fn(...reversed) as NDArray).toArray()]);
  });
});
