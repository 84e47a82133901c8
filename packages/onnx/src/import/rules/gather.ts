/** Operators that read or write at indices. */
import {
  add,
  arange,
  reshape,
  cast,
  checkElements,
  equal,
  expandDims,
  gatherND,
  less,
  normalizeAxis,
  scatterElements,
  scatterND,
  slice,
  squeeze,
  take,
  takeAlongAxis,
  topK,
  where,
  type ScatterReduction,
  type Tensor,
} from '@gradus/graph';
import { along, pick } from '../axes.js';
import type { Call } from '../call.js';
import { numbersOf } from '../value.js';
import type { Rules } from '../rule.js';

/** `values[1]` at each index along a new axis, `values[0]` elsewhere. */
function oneHot(call: Call): Tensor {
  const [given, values] = [cast(call.input(0), 'int64'), call.input(2)];
  const depth = call.numbers(1)![0];
  checkElements('OneHot', [depth]);
  const axis = normalizeAxis('OneHot', call.int('axis', -1), given.shape.length + 1);
  const indices = expandDims(where(less(given, 0), add(given, depth), given), axis);
  const positions = along(arange(0, depth, 1, 'int64'), axis, given.shape.length + 1);
  const [off, on] = [0, 1].map((i) => squeeze(slice(values, { start: i, stop: i + 1 }), 0));
  return where(equal(indices, positions), on, off);
}

/** The elements, or with `axis` the slices, where the condition holds: it must be known, as it decides how many there are. */
function compress(call: Call): Tensor {
  const x = call.input(0);
  const chosen = numbersOf(call.array(1)).flatMap((holds, i) => (holds ? [i] : []));
  const axis = call.int('axis');
  return axis === undefined ? pick(flat(x), chosen, 0) : pick(x, chosen, axis);
}

const flat = (x: Tensor): Tensor => reshape(x, [-1]);

const reductionOf = (call: Call): ScatterReduction => call.string('reduction', 'none') as ScatterReduction;

function scatter(call: Call): Tensor {
  return scatterElements(call.input(0), call.input(1), call.input(2), { axis: call.int('axis', 0), reduction: reductionOf(call) });
}

function top(call: Call): Tensor[] {
  const k = call.number('k', 1)!;
  const { values, indices } = topK(call.input(0), k, { axis: call.int('axis', -1), largest: call.int('largest', 1) === 1 });
  return [values, indices];
}

export const rules: Rules = {
  Compress: compress,
  Gather: (call) => take(call.input(0), call.input(1), { axis: call.int('axis', 0) }),
  GatherND: (call) => gatherND(call.input(0), call.input(1), { batchDims: call.int('batch_dims', 0) }),
  GatherElements: (call) => takeAlongAxis(call.input(0), call.input(1), { axis: call.int('axis', 0) }),
  OneHot: oneHot,
  Scatter: scatter,
  ScatterElements: scatter,
  ScatterND: (call) => scatterND(call.input(0), call.input(1), call.input(2), { reduction: reductionOf(call) }),
  TopK: top,
};
