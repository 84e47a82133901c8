import { expect, it } from 'vitest';
import { grad } from './autodiff.js';
import { trace } from './graph.js';
import { ones } from './ndarray.js';
import { add } from './ops/add.js';
import { matmul } from './ops/mat-mul.js';
import { multiply } from './ops/mul.js';
import { sum } from './ops/reduce-sum.js';
import { tanh } from './ops/tanh.js';
import { transpose } from './ops/transpose.js';
import { userLine } from './origin.js';
import { optimize } from './passes/optimize.js';
import type { Tensor } from './tensor.js';
import { vmap } from './vmap.js';

/** The number of the line that calls it, counted by the same means as any debugger. */
const line = (): number => Number(/origin\.test\.ts:(\d+)/.exec(new Error('here').stack!.split('\n')[2])![1]);
const spec = { dtype: 'float32', shape: [2, 3] } as const;

it('a shape error names operator, operands, both shapes and the line', () => {
  let at = 0;
  const model = (p: { weight: Tensor }, x: Tensor): Tensor => {
    at = line() + 1;
    return matmul(x, p.weight);
  };
  expect(() => trace(model, { weight: spec }, spec)).toThrow(/MatMul.*float32\[2, 3\] and weight float32\[2, 3\].*At .*origin\.test\.ts:\d+:\d+\. \[SHAPE/);
  try {
    trace(model, { weight: spec }, spec);
  } catch (error) {
    expect((error as Error).message).toContain(`origin.test.ts:${at}:`);
  }
  expect(() => sum(ones([2]), { axes: 1 })).toThrow(/no such axis.*At .*origin\.test\.ts/);
  expect(() => add(ones([2]), ones([2], 'float64'))).toThrow(/different element types.*At .*origin\.test\.ts/);
});

it('a node knows its line, and nodes made for it have the same', () => {
  let at = 0;
  const f = (x: Tensor): Tensor => {
    at = line() + 1;
    const y = tanh(x);
    return sum(multiply(y, transpose(transpose(y))));
  };
  const { graph } = trace((x: Tensor) => vmap(grad(f))(x), { dtype: 'float32', shape: [4, 2, 3] });
  const lines = optimize(graph).nodes.map(({ origin }) => Number(/origin\.test\.ts:(\d+):\d+$/.exec(userLine(origin)!)![1]));
  expect(new Set(lines)).toEqual(new Set([at, at + 1]));
});

it('a loss that is no scalar is refused at the line that made it', () => {
  let at = 0;
  const loss = (x: Tensor): Tensor => {
    at = line() + 1;
    return tanh(x);
  };
  let message = '';
  try {
    trace((x: Tensor) => grad(loss)(x), spec);
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message).toMatch(/Only a float scalar.*float32\[2, 3\].*NOT_DIFFERENTIABLE/);
  expect(message).toContain(`origin.test.ts:${at}:`);
});
