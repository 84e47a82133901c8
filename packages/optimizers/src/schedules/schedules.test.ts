/** Schedules at points worked out by hand, against Optax, and at their edges. */
import type { Schedule } from '@gradus/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/schedules.json' with { type: 'json' };
import { builtins, constant, cosineDecay, linearWarmup, stepDecay, warmupCosine } from './index.js';

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
});

describe('as Optax', () => {
  const { steps, versions: _, ...cases } = golden;
  const rows = Object.entries(cases).flatMap(([name, list]) => list.map((entry, i) => [name, i, entry] as const));
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
    [() => constant({ value: NaN }), /'value' of constant .*NaN/],
    [() => constant({} as never), /constant needs the option 'value'/],
    [() => stepDecay({ initValue: 1, stepSize: 0 }), /'stepSize' of stepDecay .*0.*whole number of 1 or more/],
    [() => stepDecay({ initValue: 1, stepSize: 1, gamma: 2 }), /'gamma' of stepDecay .*2.*from 0 to 1/],
    [() => cosineDecay({ initValue: -1, decaySteps: 1 }), /'initValue' of cosineDecay .*-1/],
    [() => cosineDecay({ initValue: 1, decaySteps: 2.5 }), /'decaySteps' of cosineDecay .*2\.5/],
    [() => linearWarmup({ peakValue: Infinity, warmupSteps: 1 }), /'peakValue' of linearWarmup .*Infinity/],
    [() => warmupCosine({ peakValue: 1, warmupSteps: 10, decaySteps: 10 }), /'decaySteps' of warmupCosine .*10.*above 10/],
    [() => warmupCosine({ peakValue: 1, warmupSteps: 1, decaySteps: 2, endValue: 3 }), /'endValue' of warmupCosine .*3.*from 0 to 1/],
    [() => cosineDecay({ initValue: 1, steps: 3 } as never), /cosineDecay has no option 'steps'.*decaySteps/],
  ])('%s', (make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }));
  });
});
