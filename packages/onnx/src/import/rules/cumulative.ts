/** Running sums. */
import { cumulativeSum } from '@gradus/graph';
import type { Rules } from '../rule.js';

export const rules: Rules = {
  CumSum: (call) =>
    cumulativeSum(call.input(0), {
      axis: call.array(1).item(),
      exclusive: call.int('exclusive', 0) === 1,
      reverse: call.int('reverse', 0) === 1,
    }),
};
