import { split } from '@gradus/graph';
import { phasesOf, type PhaseOptions } from './phases.js';
import type { Protocol } from './protocol.js';

/**
 * First with the labels, then without them from the state that was found; learned is the state at the end: it shall stay when the teacher
 * has left.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * const seeds = twoPhase({ clamped: 10, free: 10, inference: 10 });
 * const trainers = twoPhase({ warmUp: 1, clamped: 7, free: 7, inference: 15 });
 */
export function twoPhase(options: PhaseOptions = {}): Protocol {
  const { warmUp, clamped, free, inference } = phasesOf('twoPhase', options);
  return {
    name: 'twoPhase',
    inference,
    lesson({ dynamics, start, key, gate }) {
      const [first, second, third] = split(key, 3);
      const { state } = dynamics.settle(start, { filter: 'forward', steps: warmUp, key: first });
      const taught = dynamics.settle(state, { filter: 'all', steps: clamped, key: second });
      const alone = dynamics.settle(taught.state, { filter: 'inference', steps: free, key: third });
      return {
        gradients: dynamics.updates(alone.state, { gate }),
        clamped: taught.state,
        free: alone.state,
        learned: alone.state,
        steps: { clamped: taught.steps, free: alone.steps },
      };
    },
  };
}
