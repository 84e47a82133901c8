import { add, asarray, multiply, reshape, sum, topK, trace, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { lower } from './lower.js';
import type { OnnxGraph } from './model.js';

const x = { dtype: 'float32', shape: [4] } as const;

/** `name: Type(inputs) -> outputs` of every node. */
const written = ({ nodes }: OnnxGraph): string[] =>
  nodes.map((node) => `${node.name}: ${node.type}(${node.inputs.join(', ')}) -> ${node.outputs.join(', ')}`);

it('keeps the names of inputs and outputs', () => {
  const { graph } = trace((a: { x: Tensor }) => ({ y: add(a.x, a.x), z: multiply(a.x, a.x) }), { x });
  const onnx = lower(graph);
  expect(written(onnx)).toEqual(['Add_0: Add(0.x, 0.x) -> y', 'Mul_0: Mul(0.x, 0.x) -> z']);
  expect(onnx.outputs).toEqual([
    { name: 'y', dtype: 'float32', shape: [4] },
    { name: 'z', dtype: 'float32', shape: [4] },
  ]);
});

it('numbers an output that has the name of an input or of a node', () => {
  const { graph } = trace((a: Tensor) => ({ 0: add(a, a), Mul_0: add(multiply(a, a), a) }), x);
  expect(written(lower(graph))).toEqual(['Add_0: Add(0, 0) -> 0_0', 'Mul_1: Mul(0, 0) -> Mul_1.out', 'Add_1: Add(Mul_1.out, 0) -> Mul_0']);
});

it('copies outputs that are inputs, constants or outputs already', () => {
  const { graph } = trace((a: Tensor) => {
    const y = add(a, a);
    return { a, y, again: y, constant: asarray([1]) };
  }, x);
  expect(written(lower(graph))).toEqual([
    'Add_0: Add(0, 0) -> y',
    'Identity_0: Identity(0) -> a',
    'Identity_1: Identity(y) -> again',
    'Identity_2: Identity(constant_0) -> constant',
  ]);
});

it('names each output of a node with several', () => {
  const { graph } = trace((a: Tensor) => topK(a, 2).values, x);
  expect(written(lower(graph))).toEqual(['TopK_0: TopK(0, constant_0) -> output, TopK_0.out1']);
});

describe('constants', () => {
  it('equal to the bit are stored once', () => {
    const { graph } = trace((a: Tensor) => multiply(add(a, asarray([1, 2, 3, 4])), asarray([1, 2, 3, 4])), x);
    expect([...lower(graph).initializers.keys()]).toEqual(['constant_0']);
  });

  it('of another type, shape or sign are not', () => {
    const { graph } = trace(
      (a: Tensor) => [add(a, 0), add(a, -0), add(a, asarray([0])), sum(reshape(a, [2, 2]), { axes: 0 })],
      x,
    );
    // 0, -0, [0], the new shape [2, 2] and the axis [0] as int64.
    expect([...lower(graph).initializers.values()].map(String)).toEqual(['float32[]', 'float32[]', 'float32[1]', 'int64[2]', 'int64[1]']);
  });
});
