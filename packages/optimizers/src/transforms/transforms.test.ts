import type { NDArray} from '@gradus/graph';
import { asarray, cast, scalar, SymbolicTensor, topologicalOrder, zeros, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { addDecayedWeights, adam, momentumTrace, scaleByAdam, scaleByLearningRate } from '../index.js';

const numbers = (tensor: unknown): number[] => Array.from((tensor as NDArray).data, Number);

describe('addDecayedWeights', () => {
  it('leaves out what the mask does not name', () => {
    const decay = addDecayedWeights({ weightDecay: 0.5, mask: (name) => name.endsWith('weight') });
    const params = { 'a.weight': asarray([2, 4]), 'a.bias': asarray([2, 4]) };
    const gradients = { 'a.weight': asarray([1, 1]), 'a.bias': asarray([1, 1]) };
    const [updates] = decay.update(gradients, {}, params, { hyperparameters: { weightDecay: scalar(0.5) } });
    expect(numbers(updates['a.weight'])).toEqual([2, 3]);
    expect(updates['a.bias']).toBe(gradients['a.bias']);
  });
});

describe('scaleByAdam', () => {
  it('gives a first direction of exactly the gradient over its size plus eps', () => {
    // At t = 1 the corrections cancel: m / (1 - b1) = g and sqrt(v / (1 - b2)) = |g|.
    const transform = scaleByAdam({ eps: 0.25 });
    const params = { w: zeros([3], 'float64') };
    const gradients = { w: asarray([0.5, -2, 0], { dtype: 'float64' }) };
    const [updates] = transform.update(gradients, transform.init(params), params, { hyperparameters: {} });
    const expected = [0.5 / 0.75, -2 / 2.25, 0];
    numbers(updates.w).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 14));
  });

  it.each([1, 2, 10, 1000, 100_000])('corrects the bias to float32 rounding at step %i', (t) => {
    const transform = scaleByAdam({ eps: 0 });
    const state = { count: scalar(t - 1, 'int32'), m: { w: asarray([1]) }, v: { w: asarray([1]) } };
    const [updates] = transform.update({ w: asarray([1]) }, state, {}, { hyperparameters: {} });
    // m and v stay 1 (0.9 + 0.1), so that what is left is the correction, here in float64.
    const expected = Math.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t);
    expect(Math.abs(numbers(updates.w)[0] / expected - 1)).toBeLessThan(1e-6);
  });

  it('works on parameters of mixed element types', () => {
    const optimizer = adam({ learningRate: 0.5 });
    const params = { a: asarray([1], { dtype: 'float32' }), b: asarray([1], { dtype: 'float64' }) };
    const hyperparameters = { learningRate: scalar(0.5, 'float64') };
    const [updates] = optimizer.update(params, optimizer.init(params), params, { hyperparameters });
    expect([updates.a.dtype, updates.b.dtype]).toEqual(['float32', 'float64']);
    expect(numbers(updates.a)[0]).toBeCloseTo(-0.5, 6);
    expect(numbers(updates.b)[0]).toBeCloseTo(-0.5, 7);
  });

  it('needs eleven operations over a parameter, whatever the scalars cost', () => {
    const optimizer = adam();
    const symbol = (dtype: 'float32' | 'int32', shape: number[]): Tensor => new SymbolicTensor(dtype, shape);
    const w = { w: symbol('float32', [5]) };
    const state = { count: symbol('int32', []), m: w, v: w };
    const [updates, next] = optimizer.update(w, state, w, { hyperparameters: { learningRate: symbol('float32', []) } });
    const nodes = topologicalOrder([updates.w, (next.m as typeof w).w, (next.v as typeof w).w]);
    expect(nodes.filter(({ outputs }) => outputs[0].shape.length > 0).map(({ operator }) => operator.name).sort()).toEqual(
      ['Mul', 'Mul', 'Add', 'Mul', 'Mul', 'Mul', 'Add', 'Sqrt', 'Add', 'Mul', 'Div'].sort(),
    );
  });
});

describe('options out of range', () => {
  it.each([
    ['momentumTrace', () => momentumTrace({ decay: 1 }), /'decay' of momentumTrace .*1.*below 1/],
    ['b1 of adam', () => adam({ b1: 1.2 }), /'b1' of adam .*1\.2/],
    ['b2 of adam', () => adam({ b2: NaN }), /'b2' of adam .*NaN/],
    ['eps of adam', () => adam({ eps: -1e-8 }), /'eps' of adam .*-1e-8/],
    ['decay', () => addDecayedWeights({ weightDecay: -1 }), /'weightDecay' of addDecayedWeights .*-1/],
    ['a missing rate', () => scaleByLearningRate({} as never), /scaleByLearningRate needs the option 'learningRate'/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }));
  });
});

it('casts hyperparameters to the parameter', () => {
  const transform = scaleByLearningRate({ learningRate: 0.5 });
  const [updates] = transform.update({ w: asarray([2]) }, {}, {}, { hyperparameters: { learningRate: cast(0.5, 'float64') } });
  expect((updates.w as NDArray).dtype).toBe('float32');
  expect(numbers(updates.w)).toEqual([-1]);
});
