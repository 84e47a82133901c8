import { Registry } from '@gradus/core';
import { expect, it } from 'vitest';
import { builtins, optimizersPlugin } from './index.js';

it('adds optimizers and schedules that can be made by name', () => {
  const registry = new Registry([optimizersPlugin]);
  expect([...registry.names('optimizer')].sort()).toEqual(Object.keys(builtins.optimizer).sort());
  expect(registry.names('optimizer')).toContain('signSgd');
  expect([...registry.names('schedule')].sort()).toEqual(Object.keys(builtins.schedule).sort());
  expect(registry.names('schedule')).toContain('cosineDecaySchedule');
  expect(registry.resolve('optimizer', 'adam').hyperparameters).toEqual({ learningRate: 0.001 });
  expect(registry.resolve('optimizer', { use: 'sgd', options: { learningRate: 0.5 } }).hyperparameters).toEqual({ learningRate: 0.5 });
  expect(registry.resolve('schedule', { use: 'stepDecay', options: { initValue: 1, stepSize: 1 } })(1)).toBe(0.1);
});

it('says so when options are wrong', () => {
  const registry = new Registry([optimizersPlugin]);
  expect(() => registry.resolve('optimizer', { use: 'adam', options: { learningRate: -1 } })).toThrow(/'learningRate' of adam.*-1/);
});
