/** Softmax, its logarithm, and its limit. Before operator set 13 they work on matrices: all axes from `axis` on are one. */
import { argmax, arange, cast, equal, expandDims, logSoftmax, normalizeAxis, reshape, softmax, type Tensor } from '@gradus/graph';
import { along, flattened } from '../axes.js';
import type { Rule, Rules } from '../rule.js';

const alongAxis =
  (fn: (x: Tensor, axis: number) => Tensor): Rule =>
  (call) => {
    const x = call.input(0);
    if (call.version >= 13) return fn(x, call.int('axis', -1));
    return reshape(fn(flattened(x, call.int('axis', 1)), 1), x.shape);
  };

/** 1 at the first of the largest elements, 0 elsewhere. */
function hardmax(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis('Hardmax', axis, x.shape.length);
  const best = argmax(x, { axis: at });
  const positions = along(arange(0, x.shape[at], 1, best.dtype), at, x.shape.length);
  return cast(equal(expandDims(best, at), positions), x.dtype);
}

export const rules: Rules = {
  Hardmax: alongAxis(hardmax),
  LogSoftmax: alongAxis((x, axis) => logSoftmax(x, { axis })),
  Softmax: alongAxis((x, axis) => softmax(x, { axis })),
};
