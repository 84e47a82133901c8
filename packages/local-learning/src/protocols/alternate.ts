import { split } from '@gradus/graph';
import { phasesOf, type PhaseOptions } from './phases.js';
import type { Protocol } from './protocol.js';

/**
 * First without the labels, then with them; learned is the state that the labels made.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function alternate(options: PhaseOptions = {}): Protocol {
  const { warmUp, clamped, free, inference } = phasesOf('alternate', options);
  return {
    name: 'alternate',
    inference,
    lesson({ dynamics, start, key, gate }) {
      const [first, second, third] = split(key, 3);
      const { state } = dynamics.settle(start, { filter: 'forward', steps: warmUp, key: first });
      const alone = dynamics.settle(state, { filter: 'inference', steps: free, key: second });
      const taught = dynamics.settle(alone.state, { filter: 'all', steps: clamped, key: third });
      return {
        gradients: dynamics.updates(taught.state, { gate }),
        clamped: taught.state,
        free: alone.state,
        learned: taught.state,
        steps: { clamped: taught.steps, free: alone.steps },
      };
    },
  };
}
