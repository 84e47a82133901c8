import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectError } from '../test/throws.js';
import { DepthAwareBackend } from './depth-aware-backend.js';
import { HCGraph, type Edge } from './graph.js';
import { HCNode } from './node.js';

const node = (w = 1): HCNode => new HCNode(new DepthAwareBackend({ outputDim: 2, w, b: 0 }));
const x = [0.5, -0.25];
const tanh = (v: readonly number[]): number[] => v.map(Math.tanh);

describe('order', () => {
  it('puts roots as the map lists them, then children as the edges do', () => {
    expect(new HCGraph({ c: node(), a: node(), b: node() }, [['a', 'c'], ['b', 'c']]).order).toEqual(['a', 'b', 'c']);
    const wide: Edge[] = [['r', 'z'], ['r', 'y'], ['y', 'x']];
    expect(new HCGraph({ x: node(), y: node(), z: node(), r: node() }, wide).order).toEqual(['r', 'z', 'y', 'x']);
  });

  it('keeps the order of a Map of numbers', () => {
    expect(new HCGraph(new Map([['2', node()], ['1', node()]])).order).toEqual(['2', '1']);
  });

  it('is topological for every acyclic graph', () => {
    const size = 7;
    const pair = fc.tuple(fc.nat(size - 1), fc.nat(size - 1)).filter(([a, b]) => a !== b);
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 20 }), fc.shuffledSubarray([...Array(size).keys()], { minLength: size }), (pairs, names) => {
        // Edges go from lower to higher rank, hence no cycles; names hide the rank.
        const edges = pairs.map(([a, b]): Edge => [`n${names[Math.min(a, b)]}`, `n${names[Math.max(a, b)]}`]);
        const nodes = Object.fromEntries(names.toSorted().map((name) => [`n${name}`, node()]));
        const { order } = new HCGraph(nodes, edges);
        expect([...order].sort()).toEqual(Object.keys(nodes).sort());
        for (const [from, to] of edges) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
      }),
    );
  });
});

describe('step', () => {
  const graph = new HCGraph({ a: node(1.2), b: node(0.8), c: node() }, [['a', 'b'], ['a', 'c'], ['b', 'c']]);

  it('gives a node the mean of its parents states', () => {
    const { states, futures, infos } = graph.step({ a: x }, { previous: { b: [3, 3] }, branches: 4 });
    expect([...states.c]).toEqual(tanh([0, 1].map((d) => (states.a[d] + states.b[d]) / 2)));
    expect(Object.keys(futures)).toEqual(['a', 'b', 'c']);
    expect(infos.c.branches.branches).toBe(4);
    expect([infos.a.previous, infos.b.previous]).toEqual([null, Float64Array.of(3, 3)]);
  });

  it('lets an explicit input replace the parents', () => {
    expect([...graph.step({ a: x, c: [1, 2] }).states.c]).toEqual(tanh([1, 2]));
  });

  it('counts an edge given twice twice', () => {
    const twice = new HCGraph({ a: node(), b: node(), c: node() }, [['a', 'c'], ['b', 'c'], ['a', 'c']]);
    const { states } = twice.step({ a: x, b: [1, 1] });
    const expected = tanh([0, 1].map((d) => (2 * states.a[d] + states.b[d]) / 3));
    states.c.forEach((v, d) => expect(v).toBeCloseTo(expected[d], 15));
  });

  it('needs an input for every root and known names', () => {
    expectError('MISSING_INPUT', "'a'", () => graph.step({}));
    expectError('UNKNOWN_NAME', "'d'", () => graph.step({ a: x, d: x }));
    expectError('UNKNOWN_NAME', "'e'", () => graph.step({ a: x }, { previous: { e: x } }));
  });
});

describe('construction', () => {
  it('refuses graphs that are none', () => {
    expectError('INVALID_ARGUMENT', 'needs nodes', () => new HCGraph({}));
    expectError('UNKNOWN_NAME', "edge 'a->z'", () => new HCGraph({ a: node() }, [['a', 'z']]));
    expectError('GRAPH_CYCLE', "'a->a'", () => new HCGraph({ a: node() }, [['a', 'a']]));
    expectError('GRAPH_CYCLE', 'b, c', () => new HCGraph({ a: node(), b: node(), c: node() }, [['a', 'b'], ['b', 'c'], ['c', 'b']]));
  });

  it('makes chains', () => {
    const chain = HCGraph.chain(['p', 'q', 'r'], [node(1.2), node(0.8), node(1.1)]);
    expect(chain.edges).toEqual([['p', 'q'], ['q', 'r']]);
    expect(chain.parents('r')).toEqual(['q']);
    const { states } = chain.step({ p: x });
    expect([...states.r]).toEqual([...states.q].map((v) => Math.tanh(1.1 * v)));
    expectError('SHAPE_MISMATCH', 'names of 2, nodes of 1', () => HCGraph.chain(['p', 'q'], [node()]));
    expectError('DUPLICATE_NAME', "'p'", () => HCGraph.chain(['p', 'p'], [node(), node()]));
  });
});
