import { Registry } from '@gradus/core';
import { expect, it } from 'vitest';
import { builtins, optimizersPlugin } from './index.js';
import { namedWrappers } from './named.js';
import * as transforms from './transforms/index.js';
import * as wrappers from './wrappers/index.js';

it('adds optimizers, transforms and schedules that can be made by name', () => {
  const registry = new Registry([optimizersPlugin]);
  const all = [builtins.optimizer, transforms, wrappers].flatMap((table) => Object.keys(table));
  expect([...registry.names('optimizer'), ...registry.names('transform')].sort()).toEqual([...all, 'chain'].sort());
  expect(registry.names('optimizer')).toEqual([...Object.keys(builtins.optimizer), ...Object.keys(namedWrappers)]);
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
