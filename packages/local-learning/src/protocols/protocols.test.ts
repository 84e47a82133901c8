/** What each protocol learns, at which state. */
import { asarray, normal, randomKey, type NDArray, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { numbers } from '../../test/golden.js';
import { alternate, contrastive, frozenFullyConnected, fullyConnected, layerMap, localNetwork, outputLayer, recurrentDiscrete, sgn, twoPhase, type Protocol, type State } from '../index.js';

const draw = (seed: number, shape: number[]): NDArray => normal(randomKey(seed), shape, { dtype: 'float64' }) as NDArray;
const [x, y] = [draw(1, [5, 6]), sgn(draw(2, [5, 3])) as NDArray];

function lessonOf(protocol: Protocol, gate?: NDArray) {
  const layers = layerMap({
    1: { 0: fullyConnected({ in: 6, out: 9, threshold: 0.5, weightDecay: 0.3 }), 1: recurrentDiscrete({ units: 9, threshold: 0.5 }), 2: frozenFullyConnected({ in: 3, out: 9, strength: 2 }) },
    2: { 1: fullyConnected({ in: 9, out: 3, threshold: 1 }), 2: outputLayer({ units: 3 }) },
  });
  const model = localNetwork({ layers, dtype: 'float64', protocol });
  const params = model.init(randomKey(3));
  const dynamics = model.dynamics(params);
  const start = dynamics.initialState(x, y);
  const run = (state: State, ...phases: ['all' | 'forward' | 'inference', number][]): State =>
    phases.reduce((now, [filter, steps]) => Array.from({ length: steps }).reduce((s: State) => dynamics.step(s, { filter }), now), state);
  return { model, params, dynamics, start, run, lesson: protocol.lesson({ dynamics, start, key: randomKey(0), gate }) };
}
const all = (record: Readonly<Record<string, Tensor>>): Record<string, number[]> => Object.fromEntries(Object.entries(record).map(([name, t]) => [name, numbers(t)]));

describe('protocols', () => {
  const phases = { warmUp: 1, clamped: 3, free: 2 };

  it('twoPhase learns the state that is left when the labels are gone', () => {
    const { lesson, run, start, dynamics } = lessonOf(twoPhase(phases));
    const clamped = run(start, ['forward', 1], ['all', 3]);
    const free = run(clamped, ['inference', 2]);
    expect([lesson.clamped, lesson.free, lesson.learned].map((s) => numbers(s[1]))).toEqual([clamped, free, free].map((s) => numbers(s[1])));
    expect(all(lesson.gradients)).toEqual(all(dynamics.updates(free)));
    expect(numbers(clamped[1])).not.toEqual(numbers(free[1]));
  });

  it('alternate learns the state that the labels made of the free one', () => {
    const { lesson, run, start, dynamics } = lessonOf(alternate(phases));
    const free = run(start, ['forward', 1], ['inference', 2]);
    const clamped = run(free, ['all', 3]);
    expect([lesson.clamped, lesson.free, lesson.learned].map((s) => numbers(s[1]))).toEqual([clamped, free, clamped].map((s) => numbers(s[1])));
    expect(all(lesson.gradients)).toEqual(all(dynamics.updates(clamped)));
  });

  it('contrastive learns the clamped state and unlearns the free one, with what the network says for a label', () => {
    const { lesson, run, start, dynamics } = lessonOf(contrastive(phases));
    const free = run(start, ['forward', 1], ['inference', 2]);
    const clamped = run(free, ['all', 3]);
    const [learned, unlearned] = [all(dynamics.updates(clamped)), all(dynamics.updates(free, { target: { ...free, 2: sgn(dynamics.readout(free)) } }))];
    for (const [name, update] of Object.entries(all(lesson.gradients))) {
      expect(update).toEqual(learned[name].map((v, i) => v - unlearned[name][i]));
    }
    // One weight by hand: with 1 unit each and margins never met, the increment is clamped less free correlation, the textbook's sign.
    const one = layerMap({ 1: { 0: fullyConnected({ in: 1, out: 1, threshold: 9, weight: f64([[1]]) }), 1: recurrentDiscrete({ units: 1, selfCoupling: 0 }), 2: frozenFullyConnected({ in: 1, out: 1, weight: f64([[2]]) }) }, 2: { 1: fullyConnected({ in: 1, out: 1, threshold: 9, weight: f64([[1]]) }), 2: outputLayer({ units: 1 }) } });
    const model = localNetwork({ layers: one, dtype: 'float64', protocol: contrastive() });
    const { gradients } = model.pseudoGradients(model.init(randomKey(0)), { x: f64([[1]]), y: f64([[-1]]) }, { key: randomKey(0), training: true, emit: null, buffers: {}, variables: {} });
    // Free: unit 1 (field 1), says 1. Clamped: unit -1 (field 1 - 2), label -1. Increments: -1 - 1 for the input, (-1)(-1) - 1 for the readout.
    expect(numbers(gradients['1.0.weight'])).toEqual([2]);
    expect(numbers(gradients['2.1.weight'])).toEqual([0]);
  });

  it('decay is there once, whatever is subtracted', () => {
    const { model, params } = lessonOf(contrastive(phases));
    const context = { key: randomKey(0), training: true, emit: null, buffers: {}, variables: {} };
    const { lesson } = lessonOf(contrastive(phases));
    const { gradients } = model.pseudoGradients(params, { x, y }, context);
    const expected = numbers(lesson.gradients['1.0.weight']).map((v, i) => v + (0.3 / Math.sqrt(6)) * numbers(params['1.0.weight'])[i]);
    numbers(gradients['1.0.weight']).forEach((v, i) => expect(v).toBeCloseTo(expected[i], 13));
    expect(numbers(gradients['2.1.weight'])).toEqual(numbers(lesson.gradients['2.1.weight']));
  });

  it('a gate weighs samples: 0 leaves one out', () => {
    const { lesson } = lessonOf(twoPhase(phases), f64([1, 0, 1, 1, 2]));
    const { dynamics } = lessonOf(twoPhase(phases));
    const state = lesson.learned;
    const rows = (keep: number[]): State => Object.fromEntries(Object.entries(state).map(([i, s]) => [i, asarray(Float64Array.from(keep.flatMap((b) => numbers(s).slice((b * s.shape[1]), (b + 1) * s.shape[1]))), { shape: [keep.length, s.shape[1]] })]));
    const [some, twice] = [dynamics.updates(rows([0, 2, 3])), dynamics.updates(rows([4]))];
    for (const [name, update] of Object.entries(all(lesson.gradients))) {
      const expected = all(some)[name].map((v, i) => (Math.sqrt(3) * v + 2 * all(twice)[name][i]) / Math.sqrt(5));
      update.forEach((v, i) => expect(v).toBeCloseTo(expected[i], 13));
    }
  });

  it.each([twoPhase, alternate, contrastive])('%o refuses phases that are no numbers of sweeps', (protocol) => {
    expect(() => protocol({ clamped: -1 })).toThrow(/'clamped' of \w+.*-1.*a whole number of 0 or more/);
    expect(() => protocol({ steps: 3 } as never)).toThrow(/has no option 'steps'/);
  });
});

function f64(values: number[] | number[][]): NDArray {
  return asarray(values, { dtype: 'float64' });
}
