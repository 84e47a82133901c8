import { rules, type Schedule } from '@gradus/core';
import { checkWithRequired } from '../options.js';
import { joinSchedules } from './join-schedules.js';
import { warmupCosineDecaySchedule, type WarmupCosineDecayScheduleOptions } from './warmup-cosine-decay-schedule.js';

export interface SgdrScheduleOptions {
  /** The options of each cycle; a cycle takes `decaySteps` steps, its warm-up included. */
  readonly cycles: readonly WarmupCosineDecayScheduleOptions[];
}

/**
 * Cosine decay with warm restarts: one `warmupCosineDecaySchedule` after the other, the last one staying at its end. Optax's
 * `sgdr_schedule`. Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (ICLR 2017).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * const cycle = (decaySteps: number) => ({ peakValue: 1, warmupSteps: 0, decaySteps });
 * sgdrSchedule({ cycles: [cycle(10), cycle(20), cycle(40)] })(10); // 1: the second cycle begins
 */
export function sgdrSchedule(options: SgdrScheduleOptions): Schedule {
  const { cycles } = options;
  checkWithRequired('sgdrSchedule', options, {
    cycles: {
      expected: 'a list of options of warmupCosineDecaySchedule, at least one',
      accepts: (v) => Array.isArray(v) && v.length > 0 && rules.objects.accepts(v),
    },
  });
  const schedules = cycles.map(warmupCosineDecaySchedule);
  let end = 0;
  const ends = cycles.map(({ decaySteps }) => (end += decaySteps));
  return joinSchedules({ schedules, boundaries: ends.slice(0, -1) });
}
