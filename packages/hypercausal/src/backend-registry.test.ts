import { expect, it } from 'vitest';
import { expectError } from '../test/throws.js';
import { BackendRegistry } from './backend-registry.js';
import { DepthAwareBackend } from './depth-aware-backend.js';

const make = (config: { outputDim: number }): DepthAwareBackend => new DepthAwareBackend(config);

it('finds backends without regard to case and spaces', () => {
  const registry = new BackendRegistry();
  registry.register('  Depth-Aware ', make, { capabilities: { supportsNoise: false } });
  expect(registry.has('DEPTH-AWARE')).toBe(true);
  expect(registry.has('other')).toBe(false);
  expect(registry.get('depth-aware').name).toBe('depth-aware');
  expect(registry.create('depth-aware ', { outputDim: 4 }).outputDim).toBe(4);
  expect(registry.list()).toEqual({ 'depth-aware': { supportsNoise: false } });
});

it('refuses blank, taken and unknown names', () => {
  const registry = new BackendRegistry();
  expectError('INVALID_ARGUMENT', 'needs a name', () => registry.register('  ', make));
  registry.register('depth-aware', make);
  expectError('DUPLICATE_NAME', 'depth-aware', () => registry.register('Depth-Aware', make));
  expectError('UNKNOWN_NAME', "Did you mean 'depth-aware'?", () => registry.get('depthaware'));
});

it('replaces on request', () => {
  const registry = new BackendRegistry();
  registry.register('one', make);
  registry.register('one', () => new DepthAwareBackend({ outputDim: 9 }), { overwrite: true });
  expect(registry.create('one', { outputDim: 1 }).outputDim).toBe(9);
});
