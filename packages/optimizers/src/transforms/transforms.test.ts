import type { NDArray} from '@gradus/graph';
import { asarray, cast, scalar, SymbolicTensor, topologicalOrder, zeros, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import {
  adafactor, adam, adan, addDecayedWeights, hyperparametersAt, lamb, lars, momentumTrace, muon, novograd, radam, rmsprop, scaleByAdam,
  scaleByLearningRate, scaleByMuon, scaleByStddev, scaleByTrustRatio,
} from '../index.js';

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

describe('scaleByStddev', () => {
  it('stays finite where rounding makes the variance negative', () => {
    // Equal gradients: v - m^2 falls as 0.9^t, below the rounding of v after some 160 steps. eps is too small to hide it.
    const transform = scaleByStddev({ eps: 1e-30 });
    const gradients = { w: asarray(Array.from({ length: 50 }, (_, i) => 1 + i / 7)) };
    let state = transform.init(gradients);
    for (let t = 0; t < 400; t++) {
      const [updates, next] = transform.update(gradients, state, gradients, { hyperparameters: {} });
      expect(numbers(updates.w).every(Number.isFinite), `step ${t}`).toBe(true);
      state = next;
    }
  });
});

describe('scaleByTrustRatio', () => {
  const update = (p: number[], g: number[], options = {}): number[] =>
    numbers(scaleByTrustRatio(options).update({ w: asarray(g) }, {}, { w: asarray(p) }, { hyperparameters: {} })[0].w);

  // |p| = 5, |g| = 13.
  it('gives the gradient the size of the parameter', () => {
    const expected = [(5 * 5) / 13, (12 * 5) / 13];
    update([3, 4], [5, 12]).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
    expect(update([3, 4], [5, 12], { trustCoefficient: 2, eps: 7 })).toEqual([2.5, 6]);
    expect(update([3, 4], [5, 12], { minNorm: 26 })).toEqual([5, 12]);
  });

  it('leaves the gradient of a parameter of size 0, and one of size 0', () => {
    expect(update([0, 0], [5, 12])).toEqual([5, 12]);
    expect(update([3, 4], [0, 0])).toEqual([0, 0]);
  });
});

describe('muon', () => {
  it('brings all singular values near 1', () => {
    // Rows of sizes 100 and 0.1 with an angle between them: singular values three orders apart.
    const params = { w: asarray([[60, 80, 0], [0.06, 0, 0.08]], { dtype: 'float64' }) };
    const [updates] = scaleByMuon().update(params, scaleByMuon().init(params), params, { hyperparameters: {} });
    const [[a, b, c], [d, e, f]] = (updates.w as NDArray).toArray() as number[][];
    // Eigenvalues of u u^T from its trace and determinant.
    const [p, q, r] = [a * a + b * b + c * c, d * d + e * e + f * f, a * d + b * e + c * f];
    const spread = Math.sqrt(((p - q) / 2) ** 2 + r * r);
    for (const square of [(p + q) / 2 + spread, (p + q) / 2 - spread]) {
      expect(Math.sqrt(square)).toBeGreaterThan(0.3);
      expect(Math.sqrt(square)).toBeLessThan(1.3);
    }
  });

  it('gives what is no matrix to adam, with a rate of its own where asked', () => {
    const params = { bias: asarray([1, 2]), weight: asarray([[1, 2], [3, 4]]) };
    const optimizer = muon({ learningRate: 0.5, adamLearningRate: 0.25, nesterov: false, weightDecay: 0.125, adamWeightDecay: 0.0625 });
    expect(optimizer.hyperparameters).toEqual({ learningRate: 0.5, weightDecay: 0.125, adamLearningRate: 0.25, adamWeightDecay: 0.0625 });
    const [updates] = optimizer.update(params, optimizer.init(params), params, { hyperparameters: hyperparametersAt(optimizer, 0) });
    // The first direction of adam is the sign.
    [-0.25 * (1 + 0.0625), -0.25 * (1 + 0.125)].forEach((value, i) => expect(numbers(updates.bias)[i]).toBeCloseTo(value, 6));
    expect(muon({ learningRate: 0.5 }).hyperparameters).toEqual({ learningRate: 0.5 });
  });

  it('is refused by scaleByMuon alone', () => {
    const message = expect.stringMatching(/scaleByMuon cannot scale parameter 'bias'.*float32\[2\].*muon\(\)/);
    expect(() => scaleByMuon().init({ bias: zeros([2]) })).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH', message }));
  });
});

it('a decay is a hyperparameter unless it is 0', () => {
  for (const make of [lamb, novograd, adan, lars, adafactor]) {
    expect(Object.keys(make().hyperparameters ?? {}), make.name).toEqual(['learningRate']);
    expect(Object.keys(make({ weightDecay: 0.1 }).hyperparameters ?? {}).sort(), make.name).toEqual(['learningRate', 'weightDecay']);
  }
});

it('scaleByLearningRate keeps the sign where told to', () => {
  const transform = scaleByLearningRate({ learningRate: 0.5, flipSign: false });
  const [updates] = transform.update({ w: asarray([2]) }, {}, {}, { hyperparameters: { learningRate: scalar(0.5) } });
  expect(numbers(updates.w)).toEqual([1]);
});

describe('options out of range', () => {
  it.each([
    ['momentumTrace', () => momentumTrace({ decay: 1 }), /'decay' of momentumTrace .*1.*below 1/],
    ['b1 of adam', () => adam({ b1: 1.2 }), /'b1' of adam .*1\.2/],
    ['b2 of adam', () => adam({ b2: NaN }), /'b2' of adam .*NaN/],
    ['eps of adam', () => adam({ eps: -1e-8 }), /'eps' of adam .*-1e-8/],
    ['decay', () => addDecayedWeights({ weightDecay: -1 }), /'weightDecay' of addDecayedWeights .*-1/],
    ['threshold of radam', () => radam({ threshold: 4 }), /'threshold' of radam .*4.*above 4/],
    ['decay of rmsprop', () => rmsprop({ decay: 1 }), /'decay' of rmsprop .*1.*below 1/],
    ['b3 of adan', () => adan({ b3: 1 }), /'b3' of adan .*1.*below 1/],
    ['trustCoefficient of lars', () => lars({ trustCoefficient: 0 }), /'trustCoefficient' of lars .*0.*above 0/],
    ['clippingThreshold of adafactor', () => adafactor({ clippingThreshold: 0 }), /'clippingThreshold' of adafactor .*0.*or null/],
    ['minDimSizeToFactor of adafactor', () => adafactor({ minDimSizeToFactor: 1.5 }), /'minDimSizeToFactor' of adafactor .*1\.5.*whole/],
    ['nsCoeffs of muon', () => muon({ nsCoeffs: [1, 2] as never }), /'nsCoeffs' of muon .*1,2.*three finite numbers/],
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
