import { add, cast, mean, multiply, notEqual, zeros } from '@gradus/graph';
import type { LocalMetric } from './local-metric.js';

/**
 * `unsatisfied`: the share of units, over samples and the edges that learn, that a rule wants to change at the state that was learned: for the
 * perceptron rule those whose margin is too small. The nearest that local rules have to a loss.
 */
export const unsatisfied: LocalMetric = {
  name: 'unsatisfied',
  direction: 'min',
  training: true,
  measure({ dynamics, lesson }) {
    const { dtype } = dynamics.setting;
    const shares = dynamics
      .learning(lesson.learned)
      .flatMap(({ edge, y, field }) =>
        edge.module.rule === undefined ? [] : [mean(cast(notEqual(edge.module.rule.slope(y, field), 0), dtype))],
      );
    return shares.length === 0 ? zeros([], dtype) : multiply(shares.reduce(add), 1 / shares.length);
  },
};
