/** Softmax, its logarithm, and its limit. Before operator set 13 they work on matrices: all axes from `axis` on are one. */
import { hardmax, logSoftmax, reshape, softmax, type Tensor } from '@gradus/graph';
import { flattened } from '../axes.js';
import type { Rule, Rules } from '../rule.js';

const alongAxis =
  (fn: (x: Tensor, axis: number) => Tensor): Rule =>
  (call) => {
    const x = call.input(0);
    if (call.version >= 13) return fn(x, call.int('axis', -1));
    return reshape(fn(flattened(x, call.int('axis', 1)), 1), x.shape);
  };

export const rules: Rules = {
  Hardmax: alongAxis((x, axis) => hardmax(x, { axis })),
  LogSoftmax: alongAxis((x, axis) => logSoftmax(x, { axis })),
  Softmax: alongAxis((x, axis) => softmax(x, { axis })),
};
