import { asarray, type NDArray } from '@gradus/graph';
import type { Evaluation, ModelContext, Params } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { demoNodes, sineSequence } from '../test/sine-sequence.js';
import { expectError } from '../test/throws.js';
import { Backend } from './backend.js';
import { DepthAwareBackend } from './depth-aware-backend.js';
import type { Futures } from './futures.js';
import { HCModel } from './model.js';
import { HCNode } from './node.js';
import { LinearProjector } from './projector.js';
import { coherence, consistency, mse } from './losses.js';
import { sequenceLosses } from './sequence-losses.js';
import { sequenceModel } from './sequence-model.js';
import type { Vector } from './validation.js';

const key = asarray([0, 0], { dtype: 'uint32' });
const silent: ModelContext = { key, training: true, emit: null, buffers: {} };
const options = { branches: 5, alpha: 0.8, beta: 1.2 };
const evaluate = (model: ReturnType<typeof sequenceModel>, params: Params, batch = sineSequence(7), context = silent): Evaluation =>
  model.objective!(params, batch, context) as Evaluation;

describe('sequenceLosses', () => {
  const trace = {
    steps: 3,
    dim: 2,
    states: Float64Array.of(1, 2, 3, 5, 4, 4),
    futures: Float64Array.of(9, 9, 2, 5, 4, 1),
    coherences: Float64Array.of(1, 2, 6),
  };

  it('averages the task over all steps, consistency over all but the first', () => {
    const losses = sequenceLosses(trace, [1, 2, 2, 5, 4, 7], { alpha: 0.8, beta: 1.2 });
    const task = (0 + 0 + 1 + 0 + 0 + 9) / 6;
    const cons = (0.8 * ((4 + 9) / 2) + 1.2 * (1 / 2) + 0.8 * ((1 + 1) / 2) + 1.2 * (9 / 2)) / 2;
    expect(losses.task).toBeCloseTo(task, 15);
    expect(losses.cons).toBeCloseTo(cons, 14);
    expect(losses.coh).toBe(3);
    expect(losses.total).toBeCloseTo(task + 0.5 * cons + 0.3 * 3, 14);
  });

  it('weighs the terms', () => {
    const { task, cons, coh, total } = sequenceLosses(trace, new Float64Array(6), { weights: { task: 2, cons: 0, coh: 10 } });
    expect(cons).toBeGreaterThan(0);
    expect(total).toBeCloseTo(2 * task + 10 * coh, 12);
  });

  it('has no consistency in a single step', () => {
    const one = { steps: 1, dim: 2, states: Float64Array.of(1, 1), futures: Float64Array.of(9, 9), coherences: Float64Array.of(4) };
    expect(sequenceLosses(one, [0, 0])).toEqual({ task: 1, cons: 0, coh: 4, total: 1 + 0.3 * 4 });
  });
});

describe('sequenceModel', () => {
  it('names its parameters in canonical order, float64, one element each', () => {
    const params = sequenceModel({ nodes: demoNodes() }).init(key);
    expect(Object.entries(params).map(([name, { dtype, shape, data }]) => [name, dtype, ...shape, data[0]])).toEqual([
      ['b0_w', 'float64', 1, 0.9],
      ['b0_b', 'float64', 1, 0.03],
      ['b1_w', 'float64', 1, 0.97],
      ['b1_b', 'float64', 1, 0.02],
      ['b2_w', 'float64', 1, 1.05],
      ['b2_b', 'float64', 1, 0],
    ]);
  });

  it('agrees with the chain evaluated step by step', () => {
    const batch = sineSequence(7);
    const model = sequenceModel({ nodes: demoNodes(), ...options });
    model.depth = 2;
    const params = model.init(key);
    const chain = new HCModel(demoNodes());
    for (const { backend } of chain.nodes) (backend as DepthAwareBackend).depth = 2;
    const xs = Array.from({ length: 7 }, (_, t) => (batch.x.data as Float64Array).slice(3 * t, 3 * t + 3));
    const { states, futures, infos } = chain.predictSequence(xs, { branches: 5, chain: true });
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    const task = sum(states.map((s) => mse(s, [0, 0, 0]))) / 7;
    const cons = sum(states.slice(1).map((s, t) => consistency(states[t], s, futures[t + 1], options))) / 6;
    const coh = sum(infos.map((info) => sum(info.map(({ branches }) => coherence(branches))) / 3)) / 7;
    const { loss, metrics } = evaluate(model, params, batch);
    for (const [name, value] of Object.entries({ task, cons, coh })) expect(metrics![name]).toBeCloseTo(value, 15);
    expect(loss).toBeCloseTo(task + 0.5 * cons + 0.3 * coh, 15);

    const { state, future } = model.predict!(params, { x: batch.x }, silent) as Record<string, NDArray>;
    expect(state.toArray()).toEqual(states.map((s) => [...s]));
    expect(future.toArray()).toEqual(futures.map((f) => [...f]));
  });

  it('measures the task against the targets', () => {
    const model = sequenceModel({ nodes: demoNodes(), ...options });
    const { x } = sineSequence(7);
    const { state } = model.predict!(model.init(key), { x }, silent) as Record<string, NDArray>;
    expect(evaluate(model, model.init(key), { x, target: state }).metrics!.task).toBe(0);
  });

  it('keeps predictions when it predicts again', () => {
    const model = sequenceModel({ nodes: demoNodes() });
    const { x } = sineSequence(7);
    const predict = (params: Params): NDArray => (model.predict!(params, { x }, silent) as Record<string, NDArray>).state;
    const params = model.init(key);
    const first = predict(params);
    const copy = first.data.slice();
    predict({ ...params, b2_w: asarray([0], { dtype: 'float64' }) });
    expect(first.data).toEqual(copy);
  });

  it('reports each step of each pass, and nothing when nobody listens', () => {
    const model = sequenceModel({ nodes: demoNodes() });
    const events: unknown[] = [];
    evaluate(model, model.init(key), sineSequence(2), { ...silent, emit: (event, payload) => events.push([event, payload]) });
    expect(events).toEqual([
      ['step_begin', { step: 0 }],
      ['step_end', { step: 0, context: { step: 0 } }],
      ['step_begin', { step: 1 }],
      ['step_end', { step: 1, context: { step: 1 } }],
    ]);
  });

  it('takes sequences of any length, one after another', () => {
    const model = sequenceModel({ nodes: demoNodes(), ...options });
    const params = model.init(key);
    const long = evaluate(model, params, sineSequence(9));
    evaluate(model, params, sineSequence(4));
    expect(evaluate(model, params, sineSequence(9))).toEqual(long);
  });

  it('sets and reads the depth of its nodes', () => {
    const nodes = demoNodes();
    const model = sequenceModel({ nodes });
    model.depth = 3;
    expect(model.depths).toEqual([3, 3, 3]);
    (nodes[0].backend as DepthAwareBackend).depth = 6;
    expect(model.depth).toBe(4);
  });

  it('works with any backend, and has depth 1 without a deep one', () => {
    // The circuit RY(x) on each wire and a chain of CNOTs: expectation i is the product of cos(x_j) for j <= i.
    class Circuit extends Backend {
      run(): Float64Array {
        let product = 1;
        return this.requireInput().map((x) => (product *= Math.cos(x)));
      }
      projectFuture(state: Vector, branches?: number): Futures {
        return new LinearProjector({ span: 0.12 }).project(state, branches);
      }
    }
    const model = sequenceModel({ nodes: [new HCNode(new Circuit({ outputDim: 3 }))] });
    expect([model.depth, Object.keys(model.init(key))]).toEqual([1, []]);
    const { state } = model.predict!({}, { x: asarray([[0.1, 0.2, 0.3]], { dtype: 'float64' }) }, silent) as Record<string, NDArray>;
    expect(state.data[2]).toBeCloseTo(Math.cos(0.1) * Math.cos(0.2) * Math.cos(0.3), 15);
  });

  it('refuses options that do not fit together', () => {
    const node = (outputDim: number): HCNode => new HCNode(new DepthAwareBackend({ outputDim }));
    const shared = new DepthAwareBackend({ outputDim: 2 });
    expectError('INVALID_ARGUMENT', 'needs nodes', () => sequenceModel({ nodes: [] }));
    expectError('SHAPE_MISMATCH', '2, 3', () => sequenceModel({ nodes: [node(2), node(3)] }));
    expectError('INVALID_ARGUMENT', 'share one backend', () => sequenceModel({ nodes: [new HCNode(shared), new HCNode(shared)] }));
    expectError('INVALID_ARGUMENT', 'branches', () => sequenceModel({ nodes: [node(2)], branches: 1 }));
    expectError('INVALID_ARGUMENT', 'coh', () => sequenceModel({ nodes: [node(2)], weights: { coh: NaN } }));
    expectError('INVALID_ARGUMENT', 'alpha', () => sequenceModel({ nodes: [node(2)], alpha: Infinity }));
  });

  it('refuses batches and parameters that do not fit, by name', () => {
    const model = sequenceModel({ nodes: demoNodes() });
    const params = model.init(key);
    const { x, target } = sineSequence(4);
    expectError('UNKNOWN_NAME', "'target'", () => evaluate(model, params, { x } as never));
    expectError('DTYPE_MISMATCH', "'x'", () => evaluate(model, params, { x: asarray(x, { dtype: 'float32' }), target }));
    expectError('SHAPE_MISMATCH', '[T, 3]', () => evaluate(model, params, { x: asarray(x, { shape: [6, 2] }), target }));
    expectError('SHAPE_MISMATCH', '[T, 3]', () => evaluate(model, params, { x: asarray(new Float64Array(0), { shape: [0, 3] }), target }));
    expectError('SHAPE_MISMATCH', '4 and 2', () => evaluate(model, params, { x, target: sineSequence(2).target }));
    expectError('UNKNOWN_NAME', "parameter 'b0_b'", () => evaluate(model, { b0_w: params.b0_w }, { x, target }));
  });
});
