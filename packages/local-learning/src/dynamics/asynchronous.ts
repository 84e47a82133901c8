import { checkOptions, type Rule } from '@gradus/core';
import { bernoulli, split, where } from '@gradus/graph';
import type { Orchestrator, State } from './orchestrator.js';

export interface AsynchronousOptions {
  /**
   * The probability that a unit is updated in a step: above 0, at most 1. Default: 0.5. The smaller, the closer to units that change one at
   * a time; with 1 it is `parallel`.
   */
  readonly probability?: number;
}

const share: Rule = { expected: 'a number above 0 and at most 1', accepts: (v) => typeof v === 'number' && v > 0 && v <= 1 };

/**
 * Every unit of every sample is updated with some probability, independently, from the state before; the others keep theirs. A state is a
 * fixed point when no unit would change if it were updated.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function asynchronous(options: AsynchronousOptions = {}): Orchestrator {
  checkOptions('asynchronous', options, { probability: share });
  const { probability = 0.5 } = options;
  return {
    name: 'asynchronous',
    random: true,
    sweep(rows, state, propose, key) {
      const keys = split(key!, rows.length);
      const proposed: State = { ...state, ...Object.fromEntries(rows.map((row) => [row, propose(row, state)])) };
      const next = rows.map((row, i) => [row, where(bernoulli(keys[i], probability, state[row].shape), proposed[row], state[row])]);
      return { state: { ...state, ...Object.fromEntries(next) }, proposed };
    },
  };
}
