import { Registry } from '@gradus/core';
import { expect, it } from 'vitest';
import { engineOrtPlugin } from './plugin.js';

it('adds the engine `ort` with its options', () => {
  const registry = new Registry([engineOrtPlugin]);
  expect(registry.names('engine')).toContain('ort');
  expect(registry.resolve('engine', 'ort').name).toBe('ort');
  expect(() => registry.resolve('engine', { use: 'ort', options: { threads: 0 } })).toThrow(/'threads' of ortEngine.*Received: 0.*whole number of 1 or more/);
});
