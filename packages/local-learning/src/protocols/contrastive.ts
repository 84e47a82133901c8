import { split, subtract } from '@gradus/graph';
import { sgn } from '../sgn.js';
import { phasesOf, type PhaseOptions } from './phases.js';
import type { Protocol } from './protocol.js';

/**
 * Learns the state with the labels and unlearns the one without: first a free phase, then a clamped one from its state. The improving
 * increment is that of the clamped state less that of the free one (Movellan, 1991). In the free phase the output layer's target is what
 * the network itself says, sgn(scores).
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function contrastive(options: PhaseOptions = {}): Protocol {
  const { warmUp, clamped, free, inference } = phasesOf('contrastive', options);
  return {
    name: 'contrastive',
    inference,
    lesson({ dynamics, start, key, gate }) {
      const [first, second, third] = split(key, 3);
      const { state } = dynamics.settle(start, { filter: 'forward', steps: warmUp, key: first });
      const alone = dynamics.settle(state, { filter: 'inference', steps: free, key: second });
      const taught = dynamics.settle(alone.state, { filter: 'all', steps: clamped, key: third });
      const learned = dynamics.updates(taught.state, { gate });
      const said = { ...alone.state, [dynamics.map.output]: sgn(dynamics.readout(alone.state)) };
      const unlearned = dynamics.updates(alone.state, { gate, target: said });
      return {
        gradients: Object.fromEntries(Object.keys(learned).map((name) => [name, subtract(learned[name], unlearned[name])])),
        clamped: taught.state,
        free: alone.state,
        learned: taught.state,
        steps: { clamped: taught.steps, free: alone.steps },
      };
    },
  };
}
