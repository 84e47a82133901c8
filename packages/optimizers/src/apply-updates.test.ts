import { asarray, zeros, type NDArray } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { applyUpdates } from './index.js';

describe('applyUpdates', () => {
  it('adds name by name', () => {
    const next = applyUpdates({ a: asarray([1, 2]), b: asarray(3) }, { b: asarray(-1), a: asarray([0.5, -1]) });
    expect(Object.keys(next)).toEqual(['a', 'b']);
    expect((next.a as NDArray).toArray()).toEqual([1.5, 1]);
    expect((next.b as NDArray).toArray()).toBe(2);
  });

  it.each([
    ['is missing', {}, /'layer.bias'.*no update.*float32\[2\]/],
    ['would broadcast', { 'layer.bias': zeros([]) }, /'layer.bias'.*float32\[\].*float32\[2\]/],
    ['has another type', { 'layer.bias': zeros([2], 'float64') }, /'layer.bias'.*float64\[2\]/],
  ])('refuses an update that %s', (_, updates, message) => {
    expect(() => applyUpdates({ 'layer.bias': zeros([2]) }, updates)).toThrow(
      expect.objectContaining({ code: 'GRADIENT_MISMATCH', message: expect.stringMatching(message) }),
    );
  });
});
