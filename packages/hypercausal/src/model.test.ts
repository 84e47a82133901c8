import { describe, expect, it } from 'vitest';
import { expectError } from '../test/throws.js';
import { DepthAwareBackend } from './depth-aware-backend.js';
import { HCModel } from './model.js';
import { HCNode, type NodeOptions } from './node.js';
import { medianPolicy } from './selection-policy.js';

const node = (w: number, options?: NodeOptions): HCNode => new HCNode(new DepthAwareBackend({ outputDim: 2, w, b: 0 }), options);
const x = [0.5, -0.25];
const after = (...weights: number[]): number[] => weights.reduce((s, w) => s.map((v) => Math.tanh(w * v)), x);

describe('HCNode', () => {
  it('gives state, future and what led to it', () => {
    const { state, future, info } = node(1.2).forward(x, { previous: [9, 9], branches: 3 });
    expect([...state]).toEqual(after(1.2));
    expect(info.branches.branches).toBe(3);
    future.forEach((v, d) => expect(v).toBeCloseTo((info.branches.row(0)[d] + info.branches.row(1)[d] + info.branches.row(2)[d]) / 3, 15));
    expect(info).toMatchObject({ previous: Float64Array.of(9, 9), policy: 'mean', diagnostics: { policy: 'mean', branches: 3 } });
  });

  it('does not let the previous state influence anything', () => {
    const one = node(1.2);
    expect(one.forward(x, { previous: [9, 9] }).state).toEqual(one.forward(x).state);
    expect(one.forward(x).info.previous).toBeNull();
  });

  it('asks for its own number of branches where a call names none, and never for fewer than 2', () => {
    expect(node(1, { branches: 4 }).forward(x).info.branches.branches).toBe(4);
    expect(node(1, { branches: 4 }).forward(x, { branches: 1 }).info.branches.branches).toBe(2);
    expect(node(1, { branches: 0 }).forward(x).info.branches.branches).toBe(2);
  });

  it('uses its policy', () => {
    const { future, info } = node(1, { policy: medianPolicy }).forward(x, { branches: 3 });
    expect([...future]).toEqual([...info.branches.row(1)]);
    expect(info.policy).toBe('median');
  });
});

describe('HCModel', () => {
  const model = new HCModel([node(1.2), node(0.8), node(1.1)]);

  it('forward uses the first node alone', () => {
    expect([...model.forward(x).state]).toEqual(after(1.2));
  });

  it('forwardChain hands states on, also as the previous state', () => {
    const { state, future, info } = model.forwardChain(x, { previous: [1, 1], branches: 3 });
    expect([...state]).toEqual(after(1.2, 0.8, 1.1));
    expect(info.map(({ nodeIndex }) => nodeIndex)).toEqual([0, 1, 2]);
    expect(info.map(({ previous }) => [...previous!])).toEqual([[1, 1], after(1.2), after(1.2, 0.8)]);
    expect(future[0]).toBeCloseTo((info[2].branches.row(0)[0] + info[2].branches.row(1)[0] + info[2].branches.row(2)[0]) / 3, 15);
  });

  it('predictSequence carries the state from step to step', () => {
    const alone = model.predictSequence([x, [0.1, 0.2]], { initial: [7, 7] });
    expect([...alone.states[0]]).toEqual(after(1.2));
    expect(alone.infos.map((info) => [...info[0].previous!])).toEqual([[7, 7], after(1.2)]);
    const chained = model.predictSequence([x, x], { chain: true, branches: 4 });
    expect(chained.states.map((s) => [...s])).toEqual([after(1.2, 0.8, 1.1), after(1.2, 0.8, 1.1)]);
    expect(chained.infos[0][0].previous).toBeNull();
    expect([...chained.infos[1][0].previous!]).toEqual(after(1.2, 0.8, 1.1));
    expect(chained.infos[1][2].branches.branches).toBe(4);
    expect(chained.futures).toHaveLength(2);
  });

  it('gives nothing for no inputs', () => {
    expect(model.predictSequence([])).toEqual({ states: [], futures: [], infos: [] });
  });

  it('is strict about branches, and has its own default', () => {
    expectError('INVALID_ARGUMENT', 'branches', () => model.forward(x, { branches: 1 }));
    expectError('INVALID_ARGUMENT', 'branches', () => model.forwardChain(x, { branches: 1 }));
    expectError('INVALID_ARGUMENT', 'branches', () => new HCModel([node(1)], { defaultBranches: 1 }).forward(x));
    expect(new HCModel([node(1)], { defaultBranches: 6 }).forward(x).info.branches.branches).toBe(6);
  });

  it('needs a node', () => {
    expectError('INVALID_ARGUMENT', 'needs nodes', () => new HCModel([]));
  });
});
