import { describe, expect, it } from 'vitest';
import { valueAndGrad } from './autodiff.js';
import type { TensorSpec } from './dtype.js';
import { flattenArguments, trace, type Graph } from './graph.js';
import { prepare } from './interpreter.js';
import { asarray, scalar, zeros, type NDArray } from './ndarray.js';
import { add } from './ops/add.js';
import { exp } from './ops/exp.js';
import { matmul } from './ops/mat-mul.js';
import { multiply } from './ops/mul.js';
import { sum } from './ops/reduce-sum.js';
import { tanh } from './ops/tanh.js';
import type { Tensor } from './tensor.js';

const spec = (...shape: number[]): TensorSpec => ({ dtype: 'float32', shape });
const operatorNames = (graph: Graph): string[] => graph.nodes.map(({ operator }) => operator.name);

describe('trace', () => {
  it('names inputs by argument and path, outputs by path', () => {
    const { graph, unflatten } = trace(
      (params: { w: Tensor; layers: readonly Tensor[] }, x: Tensor) => ({ loss: sum(multiply(params.w, x)), more: [params.layers[0], x] }),
      { w: spec(2), layers: [spec(), spec(3)] },
      spec(2),
    );
    expect(graph.inputNames).toEqual(['0.w', '0.layers.0', '0.layers.1', '1']);
    expect(graph.outputNames).toEqual(['loss', 'more.0', 'more.1']);
    expect(operatorNames(graph)).toEqual(['Mul', 'ReduceSum']);
    expect(graph.outputs[0]).toMatchObject({ dtype: 'float32', shape: [] });
    expect(unflatten([1, 2, 3])).toEqual({ loss: 1, more: [2, 3] });
    expect(trace((x: Tensor) => exp(x), spec()).graph.outputNames).toEqual(['output']);
  });

  it('keeps each node once, after its inputs, and no dead code', () => {
    const { graph } = trace((x: Tensor) => {
      tanh(x);
      const y = exp(x);
      return add(multiply(y, y), y);
    }, spec(2));
    expect(operatorNames(graph)).toEqual(['Exp', 'Mul', 'Add']);
  });

  it('computes what does not depend on an input at once', () => {
    const { graph } = trace((x: Tensor) => add(x, exp(asarray([0, 0]))), spec(2));
    expect(operatorNames(graph)).toEqual(['Add']);
    expect((graph.nodes[0].inputs[1] as NDArray).toArray()).toEqual([1, 1]);
  });

  it('lets an output be an input or a constant', () => {
    const { graph } = trace((x: Tensor) => [x, scalar(3)], spec(1));
    expect(graph.nodes).toEqual([]);
    expect(prepare(graph)([asarray([5])]).map((y) => y.toArray())).toEqual([[5], 3]);
  });

  it('takes arrays as their own specs, and needs no arguments', () => {
    expect(trace((x: Tensor) => exp(x), asarray([1, 2])).graph.inputs[0]).toMatchObject({ dtype: 'float32', shape: [2] });
    expect(prepare(trace(() => scalar(2)).graph)([])[0].item()).toBe(2);
  });

  it('refuses a symbol of another trace, naming who uses it', () => {
    let leaked: Tensor | undefined;
    trace((x: Tensor) => (leaked = x), spec(2));
    expect(() => trace((x: Tensor) => add(x, leaked!), spec(2)))
      .toThrow(/Add uses a symbol of another trace.*float32\[2\].*argument.*FOREIGN_SYMBOL/);
    expect(() => trace(() => ({ y: leaked! }))).toThrow(/Output 'y' uses a symbol/);
  });

  it('refuses specs that are none, naming the argument', () => {
    expect(() => trace((p: { w: Tensor }) => p.w, { w: { dtype: 'float16' as never, shape: [1] } }))
      .toThrow(/Argument '0.w': no such element type.*float16/);
    expect(() => trace((_: Tensor, x: Tensor) => x, spec(), spec(-1))).toThrow(/Argument '1': not a shape.*\[-1\]/);
  });

  it('is not limited by the depth of a graph', () => {
    const { graph } = trace((x: Tensor) => {
      let y = x;
      for (let i = 0; i < 20000; i++) y = add(y, 1);
      return y;
    }, spec());
    expect(prepare(graph)([scalar(0)])[0].item()).toBe(20000);
  });
});

describe('flattenArguments', () => {
  it('gives leaves in the order of the graph inputs', () => {
    expect(flattenArguments({ a: scalar(1), b: [scalar(2)] }, scalar(3)).map((leaf) => (leaf as NDArray).item())).toEqual([1, 2, 3]);
  });
});

it('messages about operands name the inputs of the trace, inside gradients too', () => {
  const params = { hidden: { weight: zeros([3, 2]) }, bias: zeros([4]) };
  const loss = (p: { hidden: { weight: Tensor }; bias: Tensor }, x: Tensor): Tensor => sum(add(matmul(x, p.hidden.weight), p.bias));
  const message = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  const step = (x: NDArray) => trace((p, batch) => valueAndGrad(loss)(p, batch.x)[1], params, { x });
  expect(message(() => step(zeros([5, 7])))).toContain('Received: x float32[5, 7] and hidden.weight float32[3, 2].');
  expect(message(() => step(zeros([5, 3])))).toContain('Received: float32[5, 2] and bias float32[4].');
  expect(message(() => step(zeros([5, 3], 'float64')))).toContain('Received: x float64[5, 3] and hidden.weight float32[3, 2].');
});
