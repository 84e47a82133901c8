import { describe, expect, it } from 'vitest';
import { valueAndGrad } from '../autodiff.js';
import { trace, type Graph } from '../graph.js';
import { prepare } from '../interpreter.js';
import { asarray, zeros, type NDArray } from '../ndarray.js';
import { add } from '../ops/add.js';
import { matmul } from '../ops/mat-mul.js';
import { multiply } from '../ops/mul.js';
import { scan, type ScanAttributes } from '../ops/scan.js';
import { stopGradient } from '../ops/stop-gradient.js';
import { sum } from '../ops/reduce-sum.js';
import { tanh } from '../ops/tanh.js';
import type { Tensor } from '../tensor.js';
import { vmap } from '../vmap.js';
import { optimize } from './optimize.js';

const vector = { dtype: 'float64', shape: [3] } as const;
const names = (graph: Graph): string[] => graph.nodes.map(({ operator }) => operator.name);

function expectSameResults(graph: Graph, inputs: readonly NDArray[]): Graph {
  const optimized = optimize(graph);
  expect(prepare(optimized)(inputs).map((x) => x.toArray())).toEqual(prepare(graph)(inputs).map((x) => x.toArray()));
  return optimized;
}

it('computes once what is computed twice on the same values', () => {
  const { graph } = trace((x: Tensor) => add(tanh(multiply(x, 2)), tanh(multiply(x, 2))), vector);
  expect(names(graph)).toEqual(['Mul', 'Tanh', 'Mul', 'Tanh', 'Add']);
  expect(names(expectSameResults(graph, [asarray([1, 2, 3], { dtype: 'float64' })]))).toEqual(['Mul', 'Tanh', 'Add']);
});

it('tells zeros of different sign apart', () => {
  const { graph } = trace((x: Tensor) => [multiply(x, 0), multiply(x, -0)], vector);
  expect(optimize(graph)).toBe(graph);
});

it('folds constants, unless they would grow', () => {
  const constant = asarray([1, 2, 3], { dtype: 'float64' });
  const { graph } = trace((x: Tensor) => add(x, sum(stopGradient(multiply(constant, 2)))), vector);
  expect(names(expectSameResults(graph, [constant]))).toEqual(['Add']);
});

it('computes nothing that has no elements', () => {
  const { graph } = trace((x: Tensor) => tanh(x), { dtype: 'float32', shape: [0, 3] });
  const { nodes, outputs } = optimize(graph);
  expect([nodes, outputs]).toEqual([[], [zeros([0, 3])]]);
});

it('takes out what only steers differentiation', () => {
  const { graph } = trace((x: Tensor) => valueAndGrad((v: Tensor) => sum(multiply(v, stopGradient(v))))(x), vector);
  expect(names(optimize(graph))).not.toContain('StopGradient');
});

describe('loops', () => {
  const cell = (w: Tensor, xs: Tensor): Tensor =>
    sum(scan((h: Tensor, x) => [tanh(add(matmul(h, w), x)), []], asarray([[0, 0]], { dtype: 'float64' }), xs)[0]);
  const xs = { dtype: 'float64', shape: [5, 1, 2] } as const;
  const w = { dtype: 'float64', shape: [2, 2] } as const;
  const values = (shape: readonly number[]): NDArray =>
    asarray(
      Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
      { shape },
    );
  const scans = (graph: Graph): ScanAttributes[] =>
    graph.nodes.filter(({ operator }) => operator.name === 'Scan').map(({ attributes }) => attributes as ScanAttributes);

  it('a gradient runs the loop of its value', () => {
    const { graph } = trace((a: Tensor, b: Tensor) => valueAndGrad(cell)(a, b), w, xs);
    expect(scans(graph)).toHaveLength(3);
    const [forward, back] = scans(expectSameResults(graph, [values(w.shape), values(xs.shape)]));
    // It stacks the state before each step and the state after it, which the derivative of tanh reads.
    expect([forward.body.outputs.length, forward.reverse, back.reverse]).toEqual([3, 0, 1]);
    // The sum of products over the steps is one product, after the loop: no carried sum.
    expect(back.carried).toBe(1);
  });

  it('of a batch, too', () => {
    const perExample = vmap(valueAndGrad(cell), { inAxes: [null, 0] });
    const { graph } = trace((a: Tensor, b: Tensor) => perExample(a, b), w, { dtype: 'float64', shape: [4, ...xs.shape] });
    expect(scans(expectSameResults(graph, [values(w.shape), values([4, ...xs.shape])]))).toHaveLength(2);
  });

  it('with other carried values stay apart', () => {
    const twice = (x: Tensor): Tensor[] =>
      [add, multiply].map((f) => scan((s: Tensor, r) => [f(s, r), []], asarray(1, { dtype: 'float64' }), x)[0]);
    const { graph } = trace(twice, vector);
    expect(scans(expectSameResults(graph, [values([3])]))).toHaveLength(2);
  });

  it('stack nothing that nobody reads', () => {
    const { graph } = trace(
      (x: Tensor) => scan((s: Tensor, r) => [add(s, r), [s, tanh(r)]], asarray(0, { dtype: 'float64' }), x)[1][0],
      vector,
    );
    const [loop] = scans(expectSameResults(graph, [values([3])]));
    expect(loop.body.outputs).toHaveLength(2);
    expect(loop.body.nodes.map(({ operator }) => operator.name)).toEqual(['Add']);
  });

  it('stack once what is asked for twice', () => {
    const { graph } = trace((x: Tensor) => scan((s: Tensor, r) => [add(s, r), [s, s]], asarray(0, { dtype: 'float64' }), x)[1], vector);
    expect(scans(expectSameResults(graph, [values([3])]))[0].body.outputs).toHaveLength(2);
  });

  it('compute before the loop what its rows alone decide, as one product', () => {
    const naive = (a: Tensor, b: Tensor, x: Tensor): Tensor =>
      scan((h: Tensor, r) => [tanh(add(matmul(h, a), matmul(r, b))), []], asarray([[0, 0]], { dtype: 'float64' }), x)[0];
    const { graph } = trace(naive, w, w, xs);
    const optimized = expectSameResults(graph, [values(w.shape), values(w.shape), values(xs.shape)]);
    expect(names(optimized)).toEqual(['MatMul', 'Scan']);
    expect(optimized.nodes[0].outputs[0].shape).toEqual([5, 1, 2]);
    expect(scans(optimized)[0].body.nodes.map(({ operator }) => operator.name)).toEqual(['MatMul', 'Add', 'Tanh']);
  });

  it('multiply what flows back by one factor, worked out before', () => {
    const { graph } = trace((a: Tensor, b: Tensor) => valueAndGrad(cell)(a, b), w, xs);
    const [, back] = scans(optimize(graph));
    // h -> tanh -> product: one factor 1 - h^2, one product with the transposed weights.
    expect(back.body.nodes.map(({ operator }) => operator.name)).toEqual(['Mul', 'MatMul']);
    const run = (g: Graph): number[] => prepare(g)([values(w.shape), values(xs.shape)]).flatMap((x) => [...(x.data as Float64Array)]);
    const expected = run(graph);
    run(optimize(graph)).forEach((n, i) => expect(n).toBeCloseTo(expected[i], 12));
    const product = (s: Tensor, r: Tensor): Tensor[] => [multiply(multiply(s, r), tanh(r))];
    const { graph: chain } = trace(
      (x: Tensor) => scan((s: Tensor[], r) => [product(s[0], r), []], [asarray(1, { dtype: 'float64' })], x)[0][0],
      vector,
    );
    expect(scans(optimize(chain))[0].body.nodes).toHaveLength(1);
  });

  it('without a state are left as they are: they do one part after the other on purpose', () => {
    const { graph } = trace((x: Tensor) => scan((_, r: Tensor) => [[], tanh(multiply(r, r))], [], x)[1], vector);
    expect(optimize(graph)).toBe(graph);
  });
});
