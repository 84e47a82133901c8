/** The published library's own numbers: states step by step, updates, and weights after three steps of Adam. */
import { Trainer } from '@gradus/core';
import { inMemory } from '@gradus/data';
import { ortEngine } from '@gradus/engine-ort';
import { localRule } from '@gradus/gradients';
import { asarray, jsEngine, randomKey, transpose, type NDArray } from '@gradus/graph';
import { adam } from '@gradus/optimizers';
import { describe, expect, it } from 'vitest';
import { localNetwork, twoPhase, type Float, type Semantics, type State } from '../src/index.js';
import { goldenMap, names, numbers, read, turned, type Golden, type Numbers } from './golden.js';

/** The files hold six digits of float32; the reference is NumPy's float64, and was checked against them when it was made. */
const cases = (['current', 'seed'] as const).flatMap((semantics) => {
  const file = semantics === 'current' ? 'master' : 'seed';
  const golden = read<Golden>(file);
  return [
    { semantics, dtype: 'float32', golden, expected: golden as Numbers, tolerance: 1e-6 },
    { semantics, dtype: 'float64', golden, expected: read<Record<string, Numbers>>('reference')[file], tolerance: 1e-12 },
  ] as const;
});

const near = (actual: readonly number[], expected: readonly number[], tolerance: number): void => {
  expect(actual).toHaveLength(expected.length);
  expect(Math.max(...actual.map((v, i) => Math.abs(v - expected[i])))).toBeLessThanOrEqual(tolerance);
};

const networkOf = (golden: Golden, semantics: Semantics, dtype: Float) =>
  localNetwork({ layers: goldenMap(golden), semantics, dtype, protocol: twoPhase({ clamped: 3, free: 3, inference: 10 }) });

describe.each(cases)('$semantics semantics in $dtype', ({ semantics, dtype, golden, expected, tolerance }) => {
  const model = networkOf(golden, semantics, dtype);
  const dynamics = model.dynamics(model.init(randomKey(0)));
  const [x, y] = [asarray(golden.x, { dtype }), asarray(golden.y, { dtype })];

  it('goes through the same states', () => {
    let state: State = dynamics.initialState(x, y);
    expect(numbers(state[1])).toEqual(new Array(40).fill(0));
    for (const phase of ['clamped', 'free'] as const) {
      for (const after of expected[phase]) {
        state = dynamics.step(state, { filter: phase === 'clamped' ? 'all' : 'inference' });
        expect(numbers(state[1])).toEqual(numbers(after));
        expect(state[2]).toBe(y);
      }
    }
    near(numbers(dynamics.readout(state)), numbers(expected.scores), tolerance);

    const updates = dynamics.updates(state);
    expect(Object.keys(updates)).toEqual(Object.values(names));
    for (const [name, own] of Object.entries(names)) near(numbers(transpose(updates[own])), numbers(expected.update[name as 'J']), tolerance);
  });

  it('reports what NumPy works out from the same states', () => {
    const context = { key: randomKey(0), training: false, emit: null, buffers: {}, variables: {} };
    const reported = model.pseudoGradients(model.init(randomKey(0)), { x, y }, context).metrics as Readonly<Record<string, NDArray>>;
    const { metrics } = read<Record<string, Numbers>>('reference')[semantics === 'current' ? 'master' : 'seed'];
    expect(Object.keys(reported)).toEqual(Object.keys(metrics!));
    for (const [name, value] of Object.entries(metrics!)) near([reported[name].item()], [value], tolerance);
  });

  it.each([['js', () => jsEngine], ['ort', ortEngine]] as const)('has the same weights after three steps of Adam, engine %s', async (_, engine) => {
    const trainer = new Trainer({ model, optimizer: adam({ learningRate: 5e-3 }), gradient: localRule(), engine: engine() });
    const before = trainer.params;
    await trainer.fit(inMemory({ x, y }, { batchSize: 5, shuffle: false }), { epochs: 3, run: false, handleSignals: false });
    const diagonal = (name: string): number[] => Array.from({ length: 8 }, (_, i) => Number(trainer.params[name].data[9 * i]));
    expect(diagonal('1.1.weight')).toEqual(new Array(8).fill(0));
    for (const [name, own] of Object.entries(names)) {
      const after = turned(expected.after_3_adam_steps[name as 'J']);
      // The diagonal of J is the self-coupling in the files; here it is no parameter.
      const kept = name === 'J' ? numbers(after).map((v, i) => (i % 9 === 0 ? 0 : v)) : numbers(after);
      near(numbers(trainer.params[own]), kept, tolerance);
      expect(numbers(before[own])).not.toEqual(numbers(trainer.params[own]));
    }
    await trainer.dispose();
  });
});
