/** Reductions over axes. */
import {
  argmax,
  argmin,
  cast,
  expandDims,
  flip,
  log,
  logsumexp,
  max,
  mean,
  min,
  normalizeAxis,
  prod,
  reduceL1,
  reduceL2,
  square,
  subtract,
  sum,
  type ReduceOptions,
  type Tensor,
} from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rule, Rules } from '../rule.js';

/** No axes, or an empty list of them, mean all, or none with `noop_with_empty_axes`. */
const reduction =
  (fn: (x: Tensor, options: ReduceOptions) => Tensor): Rule =>
  (call) => {
    const list = call.list('axes', 1) ?? [];
    const all = list.length === 0 && call.int('noop_with_empty_axes', 0) === 0;
    return fn(call.input(0), { axes: all ? undefined : list, keepDims: call.int('keepdims', 1) === 1 });
  };

/** The index of an extreme element; of equal ones the first, or the last with `select_last_index`. */
const argExtreme =
  (position: (x: Tensor, axis: number) => Tensor): Rule =>
  (call: Call) => {
    const x = call.input(0);
    const axis = normalizeAxis('ArgMax', call.int('axis', 0), x.shape.length);
    const last = x.shape[axis] - 1;
    const found = call.int('select_last_index', 0) === 1 ? subtract(last, position(flip(x, { axes: axis }), axis)) : position(x, axis);
    return call.int('keepdims', 1) === 1 ? expandDims(found, axis) : found;
  };

export const rules: Rules = {
  ArgMax: argExtreme((x, axis) => cast(argmax(x, { axis }), 'int64')),
  ArgMin: argExtreme((x, axis) => cast(argmin(x, { axis }), 'int64')),
  ReduceL1: reduction(reduceL1),
  ReduceL2: reduction(reduceL2),
  ReduceLogSum: reduction((x, options) => log(sum(x, options))),
  ReduceLogSumExp: reduction(logsumexp),
  ReduceMax: reduction(max),
  ReduceMean: reduction(mean),
  ReduceMin: reduction(min),
  ReduceProd: reduction(prod),
  ReduceSum: reduction(sum),
  ReduceSumSquare: reduction((x, options) => sum(square(x), options)),
};
