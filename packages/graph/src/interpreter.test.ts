import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { trace } from './graph.js';
import { prepare, substitute } from './interpreter.js';
import { asarray, NDArray, scalar, zeros } from './ndarray.js';
import type { Operator } from './operator.js';
import { apply } from './operator.js';
import { add } from './ops/add.js';
import { exp } from './ops/exp.js';
import { multiply } from './ops/mul.js';
import { topK } from './ops/top-k.js';
import { Node, SymbolicTensor, type Tensor } from './tensor.js';

const x2 = (): SymbolicTensor => new SymbolicTensor('float32', [2]);

describe('prepare', () => {
  it('runs again and again without a memory of the last run', () => {
    const run = prepare(trace((x: Tensor, y: Tensor) => [add(x, y), multiply(x, 2)], asarray([0, 0]), asarray([0])).graph);
    const results = (a: number[], b: number[]): unknown[] => run([asarray(a), asarray(b)]).map((y) => y.toArray());
    expect(results([1, 2], [10])).toEqual([[11, 12], [2, 4]]);
    expect(results([3, 4], [0])).toEqual([[3, 4], [6, 8]]);
    expect(results([1, 2], [10])).toEqual([[11, 12], [2, 4]]);
  });

  it('drops each value after its last use, and results that nobody reads', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const megabytes = (): number => {
      collect();
      return process.memoryUsage().arrayBuffers / 2 ** 20;
    };
    const size = 2 ** 18;
    const held: number[] = [];
    // Two results of 1 MB each, of which the next step reads the first.
    const watch: Operator = {
      name: 'Watch',
      infer: ([x]) => [x, x],
      kernel: ([x]) => {
        held.push(megabytes());
        return [0, 1].map(() => new NDArray('float32', x.shape, (x.data as Float32Array).map((v) => v + 1)));
      },
    };
    const { graph } = trace((x: Tensor) => {
      let y = x;
      for (let i = 0; i < 24; i++) y = apply(watch, [y], {})[0];
      return y;
    }, zeros([size]));
    const run = prepare(graph);
    const input = zeros([size]);
    expect(run([input])[0].data[0]).toBe(24);
    // Holding everything would add 42 MB in these 21 steps, holding what nobody reads 21 MB; freeing may lag a few arrays behind.
    expect(held[23] - held[2]).toBeLessThan(8);
  });

  it('keeps constants and values that are also outputs', () => {
    const run = prepare(
      trace((x: Tensor) => {
        const y = add(x, asarray([1, 1]));
        return [multiply(y, asarray([2, 2])), y, y];
      }, asarray([0, 0])).graph,
    );
    for (let i = 0; i < 2; i++) expect(run([asarray([1, 2])]).map((y) => y.toArray())).toEqual([[4, 6], [2, 3], [2, 3]]);
  });

  it('runs operators of several outputs of which one is used', () => {
    const run = prepare(trace((x: Tensor) => topK(x, 1).indices, asarray([0, 0])).graph);
    expect(run([asarray([1, 5])])[0].toArray()).toEqual([1]);
  });

  it('names the input that does not fit', () => {
    const run = prepare(trace((p: { w: Tensor }, x: Tensor) => add(p.w, x), { w: asarray([0, 0]) }, asarray([0, 0])).graph);
    expect(() => run([asarray([1, 2])])).toThrow(/another number of inputs.*Received: 1.*2: 0.w, 1.*SHAPE_MISMATCH/);
    expect(() => run([asarray([1]), asarray([1, 2])])).toThrow(/Input '0.w' does not fit.*float32\[1\].*float32\[2\].*SHAPE_MISMATCH/);
    expect(() => run([asarray([1, 2]), asarray([1, 2], { dtype: 'float64' })])).toThrow(/Input '1'.*float64\[2\].*float32\[2\]/);
  });
});

describe('substitute', () => {
  it('computes when symbols are bound to arrays', () => {
    const [x, y] = [x2(), x2()];
    const [value] = substitute([add(multiply(x, y), 1)], new Map<Tensor, Tensor>([[x, asarray([1, 2])], [y, asarray([3, 4])]]));
    expect((value as NDArray).toArray()).toEqual([4, 9]);
  });

  it('rebuilds the expression on other symbols and leaves the rest as it is', () => {
    const [x, y, other] = [x2(), x2(), x2()];
    const untouched = exp(y);
    const [moved, same] = substitute([add(multiply(x, 2), untouched), untouched], new Map([[x, other]]));
    expect(same).toBe(untouched);
    expect(moved).toBeInstanceOf(SymbolicTensor);
    const { node } = moved as SymbolicTensor;
    expect(node!.inputs[1]).toBe(untouched);
    expect((node!.inputs[0] as SymbolicTensor).node!.inputs[0]).toBe(other);
  });

  it('replaces values computed on the way', () => {
    const x = x2();
    const middle = exp(x);
    const [value] = substitute([add(middle, 1)], new Map<Tensor, Tensor>([[middle, asarray([5, 6])]]));
    expect((value as NDArray).toArray()).toEqual([6, 7]);
  });

  it('gives outputs that depend on nothing bound, and constants, back', () => {
    const x = x2();
    const constant = scalar(1);
    expect(substitute([x, constant], new Map())).toEqual([x, constant]);
    expect(new Node({} as Operator, [], {}, []).outputs).toEqual([]);
  });
});
