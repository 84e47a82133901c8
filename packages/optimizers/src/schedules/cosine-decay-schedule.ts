import { rules, type Schedule } from '@gradus/core';
import { between, checkWithRequired } from '../options.js';

export interface CosineDecayScheduleOptions {
  /** The value at step 0. */
  readonly initValue: number;
  /** Steps until the value stops falling: a whole number of at least 1. */
  readonly decaySteps: number;
  /** The last value as a fraction of the first, from 0 to 1. Default: 0. */
  readonly alpha?: number;
  /** The power of the cosine, more than 0. Default: 1. */
  readonly exponent?: number;
}

/**
 * initValue * ((1 - alpha) c^exponent + alpha) with c = (1 + cos(pi t / decaySteps)) / 2 and t = min(step, decaySteps): Optax's
 * `cosine_decay_schedule`. Source: Loshchilov and Hutter, "SGDR" (ICLR 2017), without restarts.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * cosineDecaySchedule({ initValue: 1, decaySteps: 100 })(50); // 0.5
 */
export function cosineDecaySchedule(options: CosineDecayScheduleOptions): Schedule {
  const { initValue, decaySteps, alpha = 0, exponent = 1 } = options;
  const required = { initValue: rules.notNegative, decaySteps: rules.positiveCount };
  checkWithRequired('cosineDecaySchedule', options, required, { alpha: between(0, 1), exponent: rules.positive });
  return (step) => {
    const cosine = (1 + Math.cos((Math.PI * Math.min(step, decaySteps)) / decaySteps)) / 2;
    return initValue * ((1 - alpha) * cosine ** exponent + alpha);
  };
}
