import { add, asarray, jsEngine, multiply, scatterND, sum, take, tanh, trace, valueAndGrad, where, zeros, type DType, type NDArray, type Tensor } from '@gradus/graph';
import { expect, it } from 'vitest';
import { adapt } from './adapt.js';
import { ortEngine } from './ort-engine.js';

const operators = (dtype: DType, fn: (x: Tensor) => Tensor, shape: number[]): string[] =>
  adapt(trace(fn, { dtype, shape }).graph).nodes.map((node) => node.operator.name);

it('leaves a graph alone that needs nothing', () => {
  const { graph } = trace((x: Tensor) => sum(x), { dtype: 'float32', shape: [32, 4] });
  expect(adapt(graph)).toBe(graph);
});

it('sums the rows of a float32 matrix by a product', async () => {
  expect(operators('float32', (x) => sum(x, { axes: 0 }), [16, 3])).toEqual(['MatMul', 'Reshape']);
  expect(operators('float32', (x) => sum(x, { axes: 0 }), [4, 3])).toEqual(['ReduceSum']);
  expect(operators('float64', (x) => sum(x, { axes: 0 }), [16, 3])).toEqual(['ReduceSum']);
  expect(operators('float32', (x) => sum(x, { axes: 1 }), [16, 3])).toEqual(['ReduceSum']);

  const { graph } = trace((x: Tensor) => [sum(x, { axes: 0 }), sum(x, { axes: 0, keepDims: true })], { dtype: 'float32', shape: [16, 3] });
  const executable = await jsEngine.compile(adapt(graph));
  const results = await executable.run([asarray(Float32Array.from({ length: 48 }, (_, i) => i), { shape: [16, 3] })]);
  // Column j sums 3 i + j over i from 0 to 15: 3 * 120 + 16 j.
  expect(results.map((r) => r.toArray())).toEqual([[360, 376, 392], [[360, 376, 392]]]);
});

it('widens what ONNX Runtime lacks, and converts back', async () => {
  const condition = asarray([true, false]);
  expect(operators('uint32', (x) => where(condition, x, asarray(Uint32Array.of(7, 7))), [2])).toEqual(['Cast', 'Where', 'Cast']);
  expect(operators('float32', (x) => where(condition, x, x), [2])).toEqual(['Where']);

  const { graph } = trace((x: Tensor) => where(condition, x, asarray(Uint32Array.of(7, 7))), { dtype: 'uint32', shape: [2] });
  const executable = await jsEngine.compile(adapt(graph));
  const [result] = await executable.run([asarray(Uint32Array.of(4294967295, 5))]);
  expect([result.dtype, result.toArray()]).toEqual(['uint32', [4294967295, 7]]);
});

it('sums integers by a product, which is exact and wraps', async () => {
  expect(operators('int64', (x) => sum(x), [2, 3])).toEqual(['Reshape', 'MatMul', 'Reshape']);
  expect(operators('int32', (x) => sum(x, { axes: 0 }), [2, 3])).toEqual(['Transpose', 'MatMul', 'Reshape']);
});

it('scatters by one thread at a time, unless the session has but one', () => {
  const { graph } = trace(
    (x: Tensor, i: Tensor, u: Tensor) => scatterND(x, i, u, { reduction: 'max' }),
    zeros([3, 2, 4]), zeros([5, 2], 'int64'), zeros([5, 4]),
  );
  const names = (threads?: number): string[] => adapt(graph, { threads }).nodes.map((node) => node.operator.name);
  expect(names(1)).toEqual(['ScatterND']);
  for (const threads of [undefined, 2]) {
    expect(names(threads)).toContain('ScatterElements');
    expect(names(threads)).not.toContain('ScatterND');
  }
});

it('loses no gradient of rows that many threads meet at', async () => {
  // Each row is taken 8192 / rows times, every gradient is 1: sums that no rounding touches.
  for (const [rows, width] of [[4, 128], [256, 128]]) {
    const indices = asarray(Array.from({ length: 8192 }, (_, i) => i % rows), { dtype: 'int64' });
    const { graph } = trace((x: Tensor, i: Tensor) => valueAndGrad((x: Tensor) => sum(multiply(take(x, i), 1)))(x)[1], zeros([rows, width]), indices);
    for (const threads of [1, 2, 4]) {
      const executable = await ortEngine({ threads, fallback: false }).compile(graph);
      for (let run = 0; run < 5; run++) {
        const [gradient] = await executable.run([zeros([rows, width]), indices]);
        expect([...new Set(gradient.data as Float32Array)]).toEqual([8192 / rows]);
      }
      await executable.dispose();
    }
  }
});

it('puts every combination of updates where the interpreter puts it, and refuses places outside', async () => {
  const x = asarray(Array.from({ length: 24 }, (_, i) => i / 7 - 1), { shape: [3, 2, 4] });
  const indices = asarray([[0, 1], [-1, 0], [2, -2], [0, 1]], { dtype: 'int64' });
  const updates = asarray(Array.from({ length: 16 }, (_, i) => Math.sin(i)), { shape: [4, 4] });
  for (const reduction of ['add', 'mul', 'max', 'min'] as const) {
    const fn = (x: Tensor, i: Tensor, u: Tensor): Tensor => scatterND(x, i, u, { reduction });
    const executable = await ortEngine({ threads: 2, fallback: false }).compile(trace(fn, x, indices, updates).graph);
    const [result] = await executable.run([x, indices, updates]);
    const expected = (fn(x, indices, updates) as NDArray).data as Float32Array;
    expected.forEach((want, i) => expect(result.data[i]).toBeCloseTo(want, 6));
    const outside = asarray([[0, 1], [-1, 0], [0, 2], [0, 1]], { dtype: 'int64' });
    if (reduction !== 'add') await expect(executable.run([x, outside, updates])).rejects.toThrow(/ORT_RUN_FAILED/);
    await executable.dispose();
  }
});

it('runs the passes first', () => {
  expect(operators('float32', (x) => add(tanh(x), tanh(x)), [4])).toEqual(['Tanh', 'Add']);
});
