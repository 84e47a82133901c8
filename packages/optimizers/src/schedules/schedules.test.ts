/** Schedules at points worked out by hand, against Optax, and at their edges. */
import type { Schedule } from '@gradus/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/schedules.json' with { type: 'json' };
import {
  builtins, constant, constantSchedule, cosineDecay, cosineDecaySchedule, exponentialDecay, inverseSquareRootSchedule, joinSchedules,
  linearOnecycleSchedule, linearSchedule, linearWarmup, piecewiseConstantSchedule, piecewiseInterpolateSchedule, sgdrSchedule, stepDecay,
  warmupConstantSchedule, warmupCosine, warmupCosineDecaySchedule,
} from './index.js';

const at = (schedule: Schedule, steps: readonly number[]): number[] => steps.map(schedule);

describe('by hand', () => {
  it('constant', () => expect(at(constant({ value: 0.1 }), [0, 1, 1e9])).toEqual([0.1, 0.1, 0.1]));

  it('stepDecay drops at multiples of its step size', () => {
    expect(at(stepDecay({ initValue: 8, stepSize: 3, gamma: 0.5 }), [0, 2, 3, 5, 6, 9])).toEqual([8, 8, 4, 4, 2, 1]);
    expect(stepDecay({ initValue: 1, stepSize: 2 })(4)).toBeCloseTo(0.01, 15);
  });

  it('cosineDecay is half way at half time and stays at its end', () => {
    const schedule = cosineDecay({ initValue: 2, decaySteps: 4, alpha: 0.5 });
    // 2 * (0.5 * (1 + cos(pi t / 4)) / 2 + 0.5)
    const expected = [2, 1.5 + Math.SQRT1_2 / 2, 1.5, 1.5 - Math.SQRT1_2 / 2, 1, 1];
    at(schedule, [0, 1, 2, 3, 4, 9]).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 14));
  });

  it('linearWarmup climbs and stays', () => {
    expect(at(linearWarmup({ initValue: 1, peakValue: 3, warmupSteps: 4 }), [0, 1, 2, 4, 100])).toEqual([1, 1.5, 2, 3, 3]);
  });

  it('warmupCosine climbs, meets its peak once, and falls to its end', () => {
    const schedule = warmupCosine({ peakValue: 1, warmupSteps: 2, decaySteps: 6, endValue: 0.2 });
    // The cosine takes 4 steps from 1 to 0.2: 0.6 + 0.4 cos(pi (t - 2) / 4).
    const expected = [0, 0.5, 1, 0.6 + 0.4 * Math.SQRT1_2, 0.6, 0.6 - 0.4 * Math.SQRT1_2, 0.2, 0.2];
    at(schedule, [0, 1, 2, 3, 4, 5, 6, 7]).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 14));
  });

  it('inverseSquareRootSchedule climbs, then halves when the step quadruples', () => {
    expect(at(inverseSquareRootSchedule({ peakValue: 2, warmupSteps: 4 }), [0, 1, 4, 16, 64])).toEqual([0, 0.5, 2, 1, 0.5]);
  });

  it('joinSchedules gives each schedule its own count', () => {
    const count = (base: number): Schedule => (step) => base + step;
    const joined = joinSchedules({ schedules: [count(0), count(100), count(200)], boundaries: [2, 5] });
    expect(at(joined, [0, 1, 2, 4, 5, 9])).toEqual([0, 1, 100, 102, 200, 204]);
    expect(joinSchedules({ schedules: [count(7)], boundaries: [] })(3)).toBe(10);
  });

  it('sgdrSchedule begins each cycle at its peak and stays at the end of the last', () => {
    const schedule = sgdrSchedule({ cycles: [2, 4].map((decaySteps) => ({ peakValue: decaySteps, warmupSteps: 0, decaySteps, endValue: 1 })) });
    // Cosines 1.5 + 0.5 cos(pi t / 2), then 2.5 + 1.5 cos(pi t / 4).
    const expected = [2, 1.5, 4, 2.5 + 1.5 * Math.SQRT1_2, 2.5, 2.5 - 1.5 * Math.SQRT1_2, 1, 1];
    at(schedule, [0, 1, 2, 3, 4, 5, 6, 60]).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 14));
  });

  it('boundaries at 0 count from the start', () => {
    expect(piecewiseConstantSchedule({ initValue: 1, boundariesAndScales: { 0: 3 } })(0)).toBe(3);
    expect(at(piecewiseInterpolateSchedule({ interpolateType: 'linear', initValue: 1, boundariesAndScales: { 0: 3, 2: 0 } }), [0, 1, 2])).toEqual([3, 1.5, 0]);
  });

  it('a cycle too short for its phases skips those without a step', () => {
    // Of 2 steps the climb takes floor(0.6) = 0, the way back floor(1.7) = 1.
    expect(at(linearOnecycleSchedule({ transitionSteps: 2, peakValue: 1, divFactor: 4, finalDivFactor: 2 }), [0, 1, 2])).toEqual([1, 0.25, 0.125]);
  });
});

it('a small value keeps its digits beside a large one', () => {
  expect(warmupCosine({ initValue: 1e-9, peakValue: 1e9, warmupSteps: 10, decaySteps: 20 })(0)).toBe(1e-9);
  expect(linearSchedule({ initValue: 1e-9, endValue: 1e9, transitionSteps: 10 })(0)).toBe(1e-9);
  expect(piecewiseInterpolateSchedule({ interpolateType: 'cosine', initValue: 1e-9, boundariesAndScales: { 4: 1e18 } })(0)).toBe(1e-9);
});

it('short names are the same functions', () => {
  expect([constant, cosineDecay, linearWarmup, warmupCosine]).toEqual(
    [constantSchedule, cosineDecaySchedule, warmupConstantSchedule, warmupCosineDecaySchedule],
  );
});

describe('as Optax', () => {
  type Case = { readonly options: object; readonly values: readonly number[] };
  const { steps, versions: _, ...cases } = golden;
  const rows = Object.entries<readonly Case[]>(cases).flatMap(([name, list]) => list.map((entry, i) => [name, i, entry] as const));
  it.each(rows)('%s, case %i', (name, _i, { options, values }) => {
    const schedule = (builtins[name as keyof typeof builtins] as (options: object) => Schedule)(options);
    steps.forEach((step, i) => expect(Math.abs(schedule(step) - values[i]), `step ${step}`).toBeLessThan(1e-15));
  });
});

it('never leaves its range, whatever the options', () => {
  const value = fc.double({ min: 1e-6, max: 10, noNaN: true });
  const count = fc.integer({ min: 1, max: 50 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(value, value, count, count, share, fc.nat(200), (initValue, peakValue, warmupSteps, rest, share, step) => {
      const endValue = peakValue * share;
      const result = warmupCosine({ initValue, peakValue, warmupSteps, decaySteps: warmupSteps + rest, endValue })(step);
      const low = step < warmupSteps ? Math.min(initValue, peakValue) : endValue;
      const high = step < warmupSteps ? Math.max(initValue, peakValue) : peakValue;
      expect(result).toBeGreaterThanOrEqual(low * (1 - 1e-12));
      expect(result).toBeLessThanOrEqual(high * (1 + 1e-12));
    }),
  );
});

describe('options out of range', () => {
  it.each([
    [() => constant({ value: NaN }), /'value' of constantSchedule .*NaN/],
    [() => constant({} as never), /constantSchedule needs the option 'value'/],
    [() => stepDecay({ initValue: 1, stepSize: 0 }), /'stepSize' of stepDecay .*0.*whole number of 1 or more/],
    [() => stepDecay({ initValue: 1, stepSize: 1, gamma: 2 }), /'gamma' of stepDecay .*2.*from 0 to 1/],
    [() => cosineDecay({ initValue: -1, decaySteps: 1 }), /'initValue' of cosineDecaySchedule .*-1/],
    [() => cosineDecay({ initValue: 1, decaySteps: 2.5 }), /'decaySteps' of cosineDecaySchedule .*2\.5/],
    [() => linearWarmup({ peakValue: Infinity, warmupSteps: 1 }), /'peakValue' of warmupConstantSchedule .*Infinity/],
    [() => warmupCosine({ peakValue: 1, warmupSteps: 10, decaySteps: 10 }), /'decaySteps' of warmupCosineDecaySchedule .*10.*above 10/],
    [() => warmupCosine({ peakValue: 1, warmupSteps: 1, decaySteps: 2, endValue: 3 }), /'endValue' of warmupCosineDecaySchedule .*3.*from 0 to 1/],
    [() => cosineDecay({ initValue: 1, steps: 3 } as never), /cosineDecaySchedule has no option 'steps'.*decaySteps/],
    [() => linearSchedule({ initValue: 1, endValue: 0, transitionSteps: 0 }), /'transitionSteps' of linearSchedule .*0/],
    [() => exponentialDecay({ initValue: 1, transitionSteps: 1, decayRate: 0 }), /'decayRate' of exponentialDecay .*0.*above 0/],
    [() => piecewiseConstantSchedule({ initValue: 1, boundariesAndScales: { 3: -1 } }), /'boundariesAndScales' of piecewiseConstantSchedule .*factors/],
    [() => piecewiseConstantSchedule({ initValue: 1, boundariesAndScales: { 1.5: 1 } }), /'boundariesAndScales' of piecewiseConstantSchedule .*whole/],
    [() => piecewiseInterpolateSchedule({ initValue: 1, interpolateType: 'cubic' as never }), /'interpolateType' of piecewiseInterpolateSchedule .*'cubic'/],
    [() => linearOnecycleSchedule({ transitionSteps: 9, peakValue: 1, pctStart: 0.5, pctFinal: 0.4 }), /'pctFinal' of linearOnecycleSchedule .*0\.4.*from 0\.5/],
    [() => joinSchedules({ schedules: [() => 1], boundaries: [3] }), /joinSchedules needs one boundary.*1 schedules and 1 boundaries/],
    [() => joinSchedules({ schedules: [() => 1, () => 2, () => 3], boundaries: [3, 3] }), /'boundaries' of joinSchedules .*growing/],
    [() => sgdrSchedule({ cycles: [] }), /'cycles' of sgdrSchedule .*at least one/],
  ])('%s', (make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }));
  });
});
