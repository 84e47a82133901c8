import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  broadcastShapes,
  broadcastStrides,
  checkShape,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  sizeOf,
  stridesOf,
} from './shape.js';

describe('sizes and strides', () => {
  it('of scalars, matrices and empty shapes', () => {
    expect([sizeOf([]), sizeOf([2, 3]), sizeOf([2, 0])]).toEqual([1, 6, 0]);
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
    expect(stridesOf([])).toEqual([]);
    expect(broadcastStrides([3, 1], [2, 3, 4])).toEqual([0, 1, 0]);
    expect([sameShape([1, 2], [1, 2]), sameShape([1, 2], [1]), sameShape([1], [2])]).toEqual([true, false, false]);
    expect(formatShape([2, 3])).toBe('[2, 3]');
  });
});

describe('broadcastShapes', () => {
  it('follows NumPy', () => {
    expect(broadcastShapes([2, 1], [3])).toEqual([2, 3]);
    expect(broadcastShapes([], [4])).toEqual([4]);
    expect(broadcastShapes([1], [0])).toEqual([0]);
    expect(broadcastShapes([2], [3])).toBeNull();
    expect(broadcastShapes([2], [0])).toBeNull();
  });

  it('does not depend on the order of the operands', () => {
    const shape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        expect(broadcastShapes(a, b)).toEqual(broadcastShapes(b, a));
      }),
    );
  });
});

describe('axes', () => {
  it('count from the end when negative', () => {
    expect(normalizeAxis('Test', -1, 3)).toBe(2);
    expect(normalizeAxes('Test', [-1, 0], 3)).toEqual([0, 2]);
    expect(normalizeAxes('Test', 1, 3)).toEqual([1]);
    expect(normalizeAxes('Test', undefined, 2)).toEqual([0, 1]);
  });

  it('are refused by the operator named', () => {
    expect(() => normalizeAxis('Softmax', 2, 2))
      .toThrow(/Softmax: no such axis.*axis 2 of a tensor with 2 axes.*from -2 to 1.*INVALID_AXIS/);
    expect(() => normalizeAxis('Softmax', 0, 0)).toThrow(/at least one axis/);
    expect(() => normalizeAxis('Softmax', 0.5, 2)).toThrow('INVALID_AXIS');
    expect(() => normalizeAxes('ReduceSum', [1, -1], 2)).toThrow(/ReduceSum: an axis is named twice.*\[1, 1\].*INVALID_AXIS/);
  });
});

describe('checkShape', () => {
  it('lets integers of 0 or more pass', () => {
    for (const good of [[], [0], [2, 3]]) expect(() => checkShape('x', good)).not.toThrow();
    for (const bad of [[-1], [1.5], [NaN], ['2'], 2, undefined]) {
      expect(() => checkShape('x', bad as never)).toThrow(/x: not a shape.*SHAPE_MISMATCH/);
    }
  });
});
