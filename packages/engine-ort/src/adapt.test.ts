import { asarray, jsEngine, sum, trace, where, type DType, type Tensor } from '@gradus/graph';
import { expect, it } from 'vitest';
import { adapt } from './adapt.js';

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
