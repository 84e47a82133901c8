import { asarray, jsEngine, trace, valueAndGrad, type NDArray, type Tensor } from '@gradus/graph';
import type { Evaluation, LossResult, ModelContext, Params } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { demoNodes, sineSequence } from '../test/sine-sequence.js';
import { expectError } from '../test/throws.js';
import { DepthAwareBackend } from './depth-aware-backend.js';
import { HCNode } from './node.js';
import { medianPolicy } from './selection-policy.js';
import { tensorSequenceModel } from './sequence-loss-tensors.js';
import { sequenceModel } from './sequence-model.js';

const key = asarray([0, 0], { dtype: 'uint32' });
const context: ModelContext = { key, training: true, emit: null, buffers: {} };
const options = { branches: 5, alpha: 0.8, beta: 1.2, weights: { task: 1.1, cons: 0.6, coh: 0.4 } };
const number = (tensor: Tensor): number => (tensor as NDArray).item();

/** Both forms of one chain at a depth. */
function both(depth: number) {
  const nodes = demoNodes();
  const blackBox = sequenceModel({ nodes, ...options });
  blackBox.depth = depth;
  return { blackBox, tensors: tensorSequenceModel({ nodes, ...options }) };
}

describe.each([1, 2, 3])('at depth %s', (depth) => {
  const batch = sineSequence(12);

  it('has the loss, metrics and predictions of the black box', () => {
    const { blackBox, tensors } = both(depth);
    const params = tensors.init(key);
    expect(params).toEqual(blackBox.init(key));
    const expected = blackBox.objective!(params, batch, context) as Evaluation;
    const { loss, metrics } = tensors.loss!(params, batch, context) as LossResult;
    expect(Math.abs(number(loss) - expected.loss)).toBeLessThan(1e-14);
    for (const [name, value] of Object.entries(expected.metrics!)) expect(Math.abs(number(metrics![name] as Tensor) - value)).toBeLessThan(1e-14);
    const wanted = blackBox.predict!(params, { x: batch.x }, context) as Params;
    const got = tensors.predict!(params, { x: batch.x }, context) as Params;
    for (const name of ['state', 'future']) {
      wanted[name].data.forEach((v, i) => expect(Math.abs(Number(got[name].data[i]) - Number(v))).toBeLessThan(1e-14));
    }
  });

  it('has the gradient that central differences of the black box approach', () => {
    const { blackBox, tensors } = both(depth);
    const params = tensors.init(key);
    const [, gradient] = valueAndGrad((p: Params) => (tensors.loss!(p, batch, context) as LossResult).loss)(params);
    const shifted = (name: string, by: number): number => {
      const moved = { ...params, [name]: asarray([params[name].item() + by], { dtype: 'float64' }) };
      return (blackBox.objective!(moved, batch, context) as Evaluation).loss;
    };
    const central = (name: string, h: number): number => (shifted(name, h) - shifted(name, -h)) / (2 * h);
    for (const name of Object.keys(params)) {
      // Richardson's extrapolation leaves an error of h^4.
      const extrapolated = (4 * central(name, 2e-4) - central(name, 4e-4)) / 3;
      expect(Math.abs((gradient as unknown as Params)[name].item() - extrapolated), name).toBeLessThan(1e-10);
    }
  });
});

it('traces to one graph', async () => {
  const { blackBox, tensors } = both(2);
  const params = tensors.init(key);
  const batch = sineSequence(12);
  const loss = (p: Record<string, Tensor>, b: Record<string, Tensor>): Tensor => (tensors.loss!(p, b, context) as LossResult).loss;
  const { graph } = trace(loss, params, batch);
  const executable = await jsEngine.compile(graph);
  const [value] = await executable.run([...Object.values(params), batch.x, batch.target]);
  const { loss: expected } = blackBox.objective!(params, batch, context) as Evaluation;
  expect(Math.abs(value.item() - expected)).toBeLessThan(1e-14);
});

it('has no consistency in a single step', () => {
  const { tensors } = both(1);
  expect(number((tensors.loss!(tensors.init(key), sineSequence(1), context) as LossResult).metrics!.cons as Tensor)).toBe(0);
});

it('has no depth to set', () => {
  expect('depth' in both(1).tensors).toBe(false);
});

it('refuses backends and policies without a tensor form, and batches that do not fit', () => {
  const batch = sineSequence(2);
  const lossOf = (nodes: HCNode[]): unknown => {
    const model = tensorSequenceModel({ nodes });
    return model.loss!(model.init(key), batch, context);
  };
  class Opaque extends DepthAwareBackend {
    override runTensor = undefined as never;
  }
  expectError('NOT_TRACEABLE', 'node 0 (Opaque)', () => lossOf([new HCNode(new Opaque({ outputDim: 3 }))]));
  const median = new HCNode(new DepthAwareBackend({ outputDim: 3 }), { policy: medianPolicy });
  expectError('NOT_TRACEABLE', "'median'", () => lossOf([median]));
  expectError('SHAPE_MISMATCH', "'x'", () => lossOf([new HCNode(new DepthAwareBackend({ outputDim: 2 }))]));
});
