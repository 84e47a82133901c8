import { rules, type Schedule } from '@gradus/core';
import { between, checkWithRequired } from '../options.js';

export interface StepDecayOptions {
  /** The value before the first drop. */
  readonly initValue: number;
  /** Steps between drops: a whole number of at least 1. */
  readonly stepSize: number;
  /** Factor of each drop, from 0 to 1. Default: 0.1, as PyTorch's `StepLR`. */
  readonly gamma?: number;
}

/**
 * initValue * gamma^floor(step / stepSize): PyTorch's `StepLR`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * stepDecay({ initValue: 1, stepSize: 10, gamma: 0.5 })(25); // 0.25
 */
export function stepDecay(options: StepDecayOptions): Schedule {
  const { initValue, stepSize, gamma = 0.1 } = options;
  const required = { initValue: rules.notNegative, stepSize: rules.positiveCount };
  checkWithRequired('stepDecay', options, required, { gamma: between(0, 1) });
  return (step) => initValue * gamma ** Math.floor(step / stepSize);
}
