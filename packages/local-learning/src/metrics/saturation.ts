import { abs, mean, tanh } from '@gradus/graph';
import type { LocalMetric } from './local-metric.js';
import { overHidden } from './over-hidden.js';

/** `saturation`: the mean of |tanh(field)| of hidden units at the state that was learned: 1 where all have decided for good. */
export const saturation: LocalMetric = {
  name: 'saturation',
  direction: null,
  training: false,
  measure(observation) {
    const fields = observation.dynamics.fields(observation.lesson.learned);
    return overHidden(observation, (row) => mean(abs(tanh(fields[row]))));
  },
};
