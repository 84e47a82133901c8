/** The same function traced twice is written alike; any change of what it computes shows. */
import { describe, expect, it } from 'vitest';
import { add, asarray, cond, greater, multiply, sum, tanh, trace, writtenGraph, type Graph, type Tensor, type TensorSpec } from './index.js';

const spec: TensorSpec = { dtype: 'float32', shape: [2] };
const text = (graph: Graph): string =>
  [...writtenGraph(graph)].map((piece) => (typeof piece === 'string' ? piece : Buffer.from(piece).toString('hex'))).join('');
const of = (fn: (x: Tensor) => Tensor, like = spec): string => text(trace(fn, like).graph);

describe('writtenGraph', () => {
  it('is the same for the same function, and not for any other', () => {
    const forms = [
      of((x) => add(multiply(x, 2), 1)),
      of((x) => add(multiply(x, 2), 3)),
      of((x) => multiply(add(x, 2), 1)),
      of((x) => add(multiply(x, 2), asarray([1, 1]))),
      of((x) => add(multiply(x, 2), 1), { dtype: 'float64', shape: [2] }),
      of((x) => sum(tanh(x), { axes: 0 })),
      of((x) => sum(tanh(x), { axes: 0, keepDims: true })),
    ];
    expect(new Set(forms).size).toBe(forms.length);
    expect(of((x) => add(multiply(x, 2), 1))).toBe(forms[0]);
  });

  it('tells -0 from 0, and which input is used', () => {
    expect(of((x) => multiply(x, asarray([0, 0])))).not.toBe(of((x) => multiply(x, asarray([0, -0]))));
    const two = (fn: (a: Tensor, b: Tensor) => Tensor): string => text(trace(fn, spec, spec).graph);
    expect(two((a) => tanh(a))).not.toBe(two((_, b) => tanh(b)));
  });

  it('goes into the bodies of control flow', () => {
    const body = (factor: number): string => of((x) => cond(greater(sum(x), 0), (v: Tensor) => multiply(v, factor), (v: Tensor) => v, x));
    expect(body(2)).toBe(body(2));
    expect(body(2)).not.toBe(body(3));
  });
});
