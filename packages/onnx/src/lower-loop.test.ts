import { add, asarray, multiply, tanh, trace, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { lowerLoop } from './lower-loop.js';
import type { OnnxGraph, OnnxNode } from './model.js';

const scalarSpec = { dtype: 'float32', shape: [] } as const;
const vector = { dtype: 'float32', shape: [2] } as const;

const bodyOf = (scan: OnnxNode): OnnxGraph => (scan.attributes.body as { graph: OnnxGraph }).graph;
const types = (nodes: readonly OnnxNode[]): string[] => nodes.map((node) => node.type);

describe('a loop', () => {
  const { graph } = trace(
    (s: { total: Tensor; other: Tensor }, b: { x: Tensor }, c: { scale: Tensor }) => {
      const factor = tanh(c.scale);
      return { s: { total: add(s.total, multiply(b.x, factor)), other: s.total }, factor, x: b.x, one: asarray([1]) };
    },
    { total: vector, other: vector },
    { x: vector },
    { scale: scalarSpec },
  );
  const onnx = lowerLoop(graph, { carried: 2, scanned: 1 });
  const [before, scan] = onnx.nodes;

  it('computes before the loop what no step changes', () => {
    expect(types(onnx.nodes)).toEqual(['Tanh', 'Scan']);
    expect(types(bodyOf(scan).nodes).filter((type) => type !== 'Identity')).toEqual(['Mul', 'Add']);
    expect(bodyOf(scan).nodes[0].inputs).toEqual(['step.1.x', before.outputs[0]]);
  });

  it('gives scanned inputs and stacked outputs a free leading axis', () => {
    expect(onnx.inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['0.total', [2]],
      ['0.other', [2]],
      ['1.x', ['K', 2]],
      ['2.scale', []],
    ]);
    expect(onnx.outputs.map(({ shape }) => shape)).toEqual([[2], [2], ['K'], ['K', 2], ['K', 1]]);
    expect(bodyOf(scan).inputs.map(({ shape }) => shape)).toEqual([[2], [2], [2]]);
    expect(scan.attributes.num_scan_inputs).toEqual({ int: 1 });
  });

  it('copies in the body what the body does not compute', () => {
    // The old total as `other`, the factor, x and the constant.
    expect(types(bodyOf(scan).nodes).filter((type) => type === 'Identity')).toHaveLength(4);
  });

  it('uses no name twice', () => {
    const body = bodyOf(scan);
    const values = [
      ...onnx.inputs.map(({ name }) => name),
      ...onnx.initializers.keys(),
      ...onnx.nodes.flatMap((node) => node.outputs),
      ...body.inputs.map(({ name }) => name),
      ...body.nodes.flatMap((node) => node.outputs),
    ];
    expect(new Set(values).size).toBe(values.length);
    const nodes = [...onnx.nodes, ...body.nodes].map(({ name }) => name);
    expect(new Set(nodes).size).toBe(nodes.length);
  });
});

it('refuses a step that does not fit its layout', () => {
  const { graph } = trace((s: Tensor, x: Tensor) => add(s, x), scalarSpec, vector);
  expect(() => lowerLoop(graph, { carried: 1, scanned: 1 })).toThrow(expect.objectContaining({ code: 'INVALID_LOOP' }));
  expect(() => lowerLoop(graph, { carried: 0, scanned: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_LOOP' }));
});
