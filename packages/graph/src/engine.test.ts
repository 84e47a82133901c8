import { describe, expect, it } from 'vitest';
import { jsEngine } from './engine.js';
import { trace, type Graph } from './graph.js';
import { asarray, scalar, zeros, type NDArray } from './ndarray.js';
import { add } from './ops/add.js';
import { identity } from './ops/identity.js';
import { matmul } from './ops/mat-mul.js';
import { multiply } from './ops/mul.js';
import { sum } from './ops/reduce-sum.js';
import { reshape } from './ops/reshape.js';
import { tanh } from './ops/tanh.js';
import { normal } from './random/normal.js';
import { foldIn, randomKey } from './random/key.js';
import type { Tensor } from './tensor.js';

const random = (stream: number, ...shape: number[]): NDArray => normal(foldIn(randomKey(3), stream), shape) as NDArray;

/** Carried w and count, scanned x, constant rate; stacked a loss and a row. */
const step = (): Graph =>
  trace(
    (w: Tensor, count: Tensor, x: Tensor, rate: Tensor) => {
      const y = tanh(matmul(x, w));
      return [add(w, multiply(rate, matmul(reshape(x, [3, 2]), y))), add(count, 1), sum(y), reshape(y, [6])];
    },
    zeros([3, 3]),
    scalar(0, 'int32'),
    zeros([2, 3]),
    scalar(0),
  ).graph;

describe('jsEngine', () => {
  it('runs a compiled graph, and hands out arrays of their own', async () => {
    const constant = asarray([7]);
    const { graph } = trace((x: Tensor) => [reshape(x, [2, 1]), identity(x), x, constant, add(x, 1)], asarray([0, 0]));
    const input = asarray([1, 2]);
    const executable = await jsEngine.compile(graph);
    const outputs = await executable.run([input]);
    expect(outputs.map((y) => y.toArray())).toEqual([[[1], [2]], [1, 2], [1, 2], [7], [2, 3]]);
    for (const { data } of outputs) data.fill(99 as never);
    expect([input.toArray(), constant.toArray()]).toEqual([[1, 2], [7]]);
    expect((await executable.run([input])).map((y) => y.toArray())[3]).toEqual([7]);
  });

  it('does K steps in one run, with the bits of K single ones', async () => {
    const graph = step();
    const [w, count, xs, rate] = [random(0, 3, 3), scalar(5, 'int32'), random(1, 4, 2, 3), scalar(0.1)];
    const loop = await jsEngine.compileLoop(graph, { carried: 2, scanned: 1 });
    const single = await jsEngine.compile(graph);
    const [wEnd, countEnd, losses, rows] = await loop.run([w, count, xs, rate]);

    let state = [w, count];
    for (let k = 0; k < 4; k++) {
      const x = asarray(xs.data.slice(k * 6, k * 6 + 6), { shape: [2, 3] });
      const [nextW, nextCount, loss, row] = await single.run([...state, x, rate]);
      state = [nextW, nextCount];
      expect(losses.data[k]).toBe(loss.item());
      expect(rows.data.slice(k * 6, k * 6 + 6)).toEqual(row.data);
    }
    expect([wEnd.data, countEnd.item()]).toEqual([state[0].data, 9]);
    expect([losses.shape, rows.shape]).toEqual([[4], [4, 6]]);
    // K is free at each run.
    expect((await loop.run([w, count, asarray(xs.data.slice(0, 6), { shape: [1, 2, 3] }), rate]))[2].data).toEqual(losses.data.slice(0, 1));
  });

  it('leaves the inputs of a loop alone, even where a step hands its state through', async () => {
    const { graph } = trace((state: Tensor, x: Tensor) => [state, add(state, x)], asarray([0]), asarray([0]));
    const state = asarray([1]);
    const [end, stacked] = await (await jsEngine.compileLoop(graph, { carried: 1, scanned: 1 })).run([state, asarray([[1], [2]])]);
    expect([end.toArray(), stacked.toArray()]).toEqual([[1], [[2], [3]]]);
    end.data.fill(9 as never);
    expect(state.toArray()).toEqual([1]);
  });

  it('refuses layouts that do not fit the step', async () => {
    const graph = step();
    await expect(jsEngine.compileLoop(graph, { carried: 2, scanned: 0 })).rejects.toThrow(/at least one scanned input.*INVALID_LOOP/);
    await expect(jsEngine.compileLoop(graph, { carried: 4, scanned: 1 }))
      .rejects.toThrow(/4 carried and 1 scanned of 4 inputs.*INVALID_LOOP/);
    await expect(jsEngine.compileLoop(graph, { carried: -1, scanned: 1 })).rejects.toThrow('INVALID_LOOP');
    await expect(jsEngine.compileLoop(graph, { carried: 3, scanned: 1 }))
      .rejects.toThrow(/Carried value '2' changes.*float32\[\].*float32\[2, 3\].*INVALID_LOOP/);
    const short = trace((a: Tensor, b: Tensor) => add(a, b), scalar(0), scalar(0)).graph;
    const { graph: none } = trace((a: Tensor, b: Tensor, _: Tensor) => add(a, b), scalar(0), scalar(0), scalar(0));
    await expect(jsEngine.compileLoop(short, { carried: 1, scanned: 1 })).resolves.toBeDefined();
    await expect(jsEngine.compileLoop(none, { carried: 2, scanned: 1 })).rejects.toThrow(/Carried value '1'.*no output/);
  });

  it('refuses inputs that do not fit the loop, naming them', async () => {
    const loop = await jsEngine.compileLoop(step(), { carried: 2, scanned: 1 });
    const [w, count, xs, rate] = [zeros([3, 3]), scalar(0, 'int32'), zeros([4, 2, 3]), scalar(0)];
    await expect(loop.run([w, count, zeros([0, 2, 3]), rate])).rejects.toThrow(/Input '2'.*at least one step.*SHAPE_MISMATCH/);
    await expect(loop.run([w, count, zeros([4, 3, 2]), rate])).rejects.toThrow(/Input '2'.*float32\[4, 3, 2\].*float32\[4, 2, 3\]/);
    await expect(loop.run([w, scalar(0), xs, rate])).rejects.toThrow(/Input '1'.*float32\[\].*int32\[\]/);
    await expect(loop.run([w, count, xs])).rejects.toThrow(/Input '3'.*nothing/);
    await expect(loop.run([w, count, xs, rate, rate])).rejects.toThrow(/Input '4'.*4 inputs/);
  });

  it('does not run after dispose', async () => {
    const executable = await jsEngine.compile(step());
    await executable.dispose();
    await expect(executable.run([])).rejects.toThrow(/after dispose.*Compile it again.*DISPOSED/);
  });
});
