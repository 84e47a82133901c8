import type { Callback, TrainContext } from '@gradus/core';
import { expect, it } from 'vitest';
import { expectError } from '../test/throws.js';
import { depthAwareRates, ratesAt, type DepthAwareRatesOptions } from './depth-aware-rates.js';

function ratesOf(depth: number, options?: DepthAwareRatesOptions): Record<string, unknown> {
  const set: Record<string, unknown> = {};
  const context = { model: { depth }, setHyperparameter: (name: string, value: unknown) => (set[name] = value) };
  void depthAwareRates(options).onEpochBegin!(0, context as never as TrainContext);
  return set;
}

it.each([
  [1, 0.05, 1e-3],
  [2, 0.0125, 1e-3 / 1.5],
  [3, 0.05 / 9, 5e-4],
  [1.5, 0.05 / 2.25, 1e-3 / 1.25],
])('at a mean depth of %s sets rate %s and epsilon %s', (depth, learningRate, epsilon) => {
  expect(ratesOf(depth)).toEqual({ learningRate, epsilon });
  expect(ratesAt(depth)).toEqual({ learningRate, epsilon });
});

it('takes other base rates', () => {
  expect(ratesOf(2, { learningRate: 0.4, epsilon: 0.03 })).toEqual({ learningRate: 0.1, epsilon: 0.02 });
});

it('refuses rates that are not positive, and models without a depth before the run', () => {
  for (const bad of [0, -1, NaN, Infinity]) {
    expectError('INVALID_ARGUMENT', 'learningRate', () => depthAwareRates({ learningRate: bad }));
    expectError('INVALID_ARGUMENT', 'epsilon', () => depthAwareRates({ epsilon: bad }));
  }
  const check = (model: object): unknown => (depthAwareRates() as Required<Callback>).check({ model } as never);
  expectError('MODEL_WITHOUT_DEPTH', "'line'", () => check({ name: 'line' }));
  expect(() => check({ name: 'deep', depth: 2 })).not.toThrow();
});
