/** All metrics: the values measured on the reference, and their edges. */
import { describe, expect, it } from 'vitest';
import { expectError } from '../../test/throws.js';
import { earlyRocAuc, recallAtLag } from './anomalies.js';
import { overshoot, robustness, settlingTime } from './control.js';
import { deltaLag, mape, mase, rmse, smape } from './forecasting.js';

const truth = [1, 1.1, 1.05, 1.2, 1.25];
const forecast = [0.95, 1.08, 1.1, 1.18, 1.23];
const naive = [1, 1, 1.1, 1.05, 1.2];

describe('forecasting', () => {
  it('gives the reference values', () => {
    expect(mape(truth, forecast)).toBeCloseTo(2.9693506493478803, 13);
    expect(mase(truth, forecast, naive)).toBeCloseTo(0.45714285713632674, 14);
    expect(deltaLag(truth, forecast)).toBe(0.5);
    expect(rmse(truth, forecast)).toBeCloseTo(0.03521363372331805, 16);
  });

  it('mape explodes where the target vanishes', () => {
    expect(mape([0, 1], [1, 1])).toBeCloseTo(5e13, 0);
    expect(mape([-1e-12], [1])).toBe(Infinity);
  });

  it('mase of a naive forecast that errs by 2/3', () => {
    expect(mase([1, 2, 3], [1, 2, 4], [1, 1, 2])).toBeCloseTo(0.49999999999925004, 15);
  });

  it('smape is 100 against targets of 0, and 0 for a perfect forecast of 0', () => {
    expect(smape([0, 0], [0.1, -3])).toBe(100);
    expect(smape([0, 0], [0, 0])).toBe(0);
    expect(smape([1, 2], [1, 2])).toBe(0);
    expect(smape([1], [3])).toBe(50);
    // Below 1e-8 the floor of the denominator shows.
    expect(smape([0], [1e-9])).toBeCloseTo(10, 12);
  });

  it('rmse compares one number with all', () => {
    expect(rmse([0], [3, 3])).toBe(3);
    expect(rmse([1, 1], [3])).toBe(2);
    expectError('SHAPE_MISMATCH', 'rmse', () => rmse([1, 2], [1, 2, 3]));
  });

  it('deltaLag counts standing still as neither', () => {
    expect(deltaLag([1, 1, 2], [1, 2, 3])).toBe(0.5);
    expect(deltaLag([1, 2], [2, 1])).toBe(-1);
    expect(deltaLag([1], [1])).toBeNaN();
  });
});

describe('control', () => {
  const reference = [0, 0.6, 1, 1, 1];
  const response = [0, 0.7, 1.1, 0.98, 1.01];

  it('gives the reference values', () => {
    expect(overshoot(reference, response)).toBeCloseTo(0.10000000000000009, 16);
    expect(settlingTime(reference, response)).toBe(3);
    expect(robustness(reference, response)).toBeCloseTo(0.9959167413604223, 15);
  });

  it('overshoot is measured from the maximum', () => {
    expect(overshoot([-2, -1], [0, 3])).toBe(4);
    expect(overshoot([1, 2], [0, 1])).toBe(0);
    expect(overshoot([0, -1], [5])).toBe(0);
    expectError('SHAPE_MISMATCH', 'target', () => overshoot([], [1]));
    expectError('SHAPE_MISMATCH', 'response', () => overshoot([1], []));
  });

  it('settlingTime has a band around the last reference', () => {
    expect(settlingTime([0, 0], [0, 0])).toBe(0);
    expect(settlingTime([-1, -1], [-1, -1])).toBe(2);
    expect(settlingTime([1, 1, 1], [1, 1, 5])).toBe(3);
    expect(settlingTime([1], [0.9, 1, NaN, 1])).toBe(3);
    expect(settlingTime([1], [0.9, 1], 0.2)).toBe(0);
    expectError('SHAPE_MISMATCH', 'settlingTime', () => settlingTime([], [1]));
  });
});

describe('anomalies', () => {
  const flags = [0, 0, 1, 0, 0, 1, 0];
  const scores = [0.1, 0.2, 0.9, 0.3, 0.2, 0.8, 0.2];

  it('gives the reference values', () => {
    expect(earlyRocAuc(flags, scores)).toBe(0.2);
    expect(recallAtLag(flags, scores)).toBeCloseTo(0.9999999999995, 15);
  });

  it('earlyRocAuc counts strict wins of pairs', () => {
    expect(earlyRocAuc([0, 1, 0], [0.1, 0.9, 0.2], 0)).toBe(1);
    expect(earlyRocAuc([0, 1, 0], [0.1, 0.9, 0.2], 9)).toBe(0.5);
    expect(earlyRocAuc([0, 1, 0], [0.5, 0.5, 0.5], 0)).toBe(0);
    expect(earlyRocAuc([1, 1], [0.1, 0.2], 0)).toBe(0.5);
    // 2 wins of 2 x 3 pairs: 0.4 beats 0.1 and 0.3; NaN neither wins nor is beaten.
    expect(earlyRocAuc([1, 0, 0, 1, 0], [0.4, 0.1, 0.3, NaN, NaN], 0)).toBe(2 / 6);
  });

  it('recallAtLag looks back, not forward', () => {
    expect(recallAtLag([0, 0], [1, 1])).toBe(0);
    expect(recallAtLag([0, 0, 1], [1, 0, 0], 1)).toBe(0);
    expect(recallAtLag([0, 0, 1], [1, 0, 0], 2)).toBeCloseTo(1, 11);
    expect(recallAtLag([1, 0], [0, 1], 5)).toBe(0);
  });

  it('refuses horizons and lags that are no counts', () => {
    expectError('INVALID_ARGUMENT', 'horizon', () => earlyRocAuc([1], [1], -1));
    expectError('INVALID_ARGUMENT', 'lag', () => recallAtLag([1], [1], 0.5));
  });
});

it.each([
  ['mape', mape],
  ['smape', smape],
  ['mase', (a: number[], b: number[]) => mase(a, b, b)],
  ['deltaLag', deltaLag],
  ['robustness', robustness],
  ['earlyRocAuc', earlyRocAuc],
  ['recallAtLag', recallAtLag],
] as const)('%s refuses unequal sizes', (name, metric) => expectError('SHAPE_MISMATCH', name, () => metric([1, 2], [1])));
