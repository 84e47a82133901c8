/** If, Loop and Scan. What is decided before the graph runs is decided at import: a known branch, a known number of steps. */
import {
  NDArray,
  add,
  arange,
  cond,
  isGradusError,
  isTensor,
  less,
  logicalAnd,
  reshape,
  scalar,
  scan,
  slice,
  squeeze,
  stack,
  transpose,
  whileLoop,
  type Tensor,
} from '@gradus/graph';
import type { GraphProto } from '../../proto.js';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';
import type { Value } from '../value.js';

function tensorsOf(call: Call, values: readonly Value[], what: string): Tensor[] {
  return values.map((value) => {
    if (isTensor(value)) return value;
    throw call.unsupported(`${what} that is no tensor`);
  });
}

/** A scalar may have the shape [1]. */
const asScalar = (x: Tensor): Tensor => reshape(x, []);

function choose(call: Call): readonly Value[] {
  const [then, otherwise] = [call.body('then_branch'), call.body('else_branch')];
  const condition = asScalar(call.input(0));
  if (condition instanceof NDArray) return call.run(condition.data[0] !== 0 ? then : otherwise, []);
  const [a, b] = [call.run(then, []), call.run(otherwise, [])];
  // Which sequence or optional it is must be known; of tensors the graph chooses.
  if (!a.every(isTensor) || !b.every(isTensor)) throw call.notConstant('the condition', condition);
  return cond(
    condition,
    () => a,
    () => b,
  );
}

/** A loop as its node has it. */
interface LoopParts {
  readonly body: GraphProto;
  /** The first values of what goes round. */
  readonly state: readonly Value[];
  /** How many results of each step are stacked. */
  readonly stacked: number;
  readonly going: Tensor;
}

/**
 * A loop of a known number of steps whose condition is known is a scan, which can be differentiated; where its body needs the
 * number of the step for a shape, carries sequences or changes shapes, it is written out step by step. A loop that ends when a
 * computed condition fails is a while loop; it cannot stack results then, as their number would not be known.
 */
function loop(call: Call): readonly Value[] {
  const body = call.body('body');
  const state = call.values.slice(2).map((value) => value ?? null);
  const stacked = body.outputs.length - 1 - state.length;
  const going = call.has(1) ? asScalar(call.input(1)) : scalar(true, 'bool');
  const parts = { body, state, stacked, going };
  const limit = call.optional(0);
  if (stacked > 0 || !state.every(isTensor)) {
    const steps = limit === undefined ? Infinity : call.array(0).item();
    if (call.has(1)) call.array(1);
    return scannedLoop(call, parts, steps) ?? unrolled(call, parts, steps);
  }
  if (going instanceof NDArray && limit instanceof NDArray) {
    const result = scannedLoop(call, parts, limit.item()) ?? attempt(() => unrolled(call, parts, limit.item()));
    if (result !== undefined) return result;
  }
  return endless(call, parts, limit);
}

/** What `fn` gives, or `undefined` where it needs to know what is computed only later, or shapes change. */
function attempt<T>(fn: () => T): T | undefined {
  try {
    return fn();
  } catch (error) {
    if (isGradusError(error, 'NOT_CONSTANT') || isGradusError(error, 'INVALID_LOOP')) return undefined;
    throw error;
  }
}

const isHeld = (value: Value): boolean => value instanceof NDArray && value.data[0] !== 0;

/** As one scan over the numbers of the steps; `undefined` when it is none. */
function scannedLoop(call: Call, { body, state, stacked, going }: LoopParts, steps: number): Tensor[] | undefined {
  if (!Number.isFinite(steps) || steps < 1 || !state.every(isTensor) || !isHeld(going)) return undefined;
  return attempt(() => {
    const [last, results] = scan(
      (carry, step) => {
        const [next, ...values] = tensorsOf(call, call.run(body, [step, going, ...carry]), 'a result of a step');
        if (!isHeld(next)) throw call.notConstant('the condition');
        return [values.slice(0, state.length), values.slice(state.length, state.length + stacked)];
      },
      [...state],
      arange(0, steps, 1, 'int64'),
    );
    return [...last, ...results];
  });
}

/** Step by step, as long as the condition is known and holds. */
function unrolled(call: Call, { body, state, stacked, going }: LoopParts, steps: number): readonly Value[] {
  let [current, holds]: [readonly Value[], Value] = [state, going];
  const results: Tensor[][] = Array.from({ length: stacked }, () => []);
  for (let step = 0; step < steps && isHeld(holds); step++) {
    const [next, ...values] = call.run(body, [scalar(BigInt(step), 'int64'), holds, ...current]);
    if (!(next instanceof NDArray)) throw call.notConstant('the condition', next);
    holds = next;
    current = values.slice(0, state.length);
    tensorsOf(call, values.slice(state.length), 'a result of a step').forEach((result, i) => results[i].push(result));
  }
  return [...current, ...results.map((list) => stackOf(call, list))];
}

function stackOf(call: Call, list: readonly Tensor[]): Tensor {
  if (list.length === 0) throw call.unsupported('a loop of no steps that stacks results');
  return stack(list);
}

function endless(call: Call, { body, state, going }: LoopParts, limit: Tensor | undefined): Tensor[] {
  const end = limit === undefined ? undefined : asScalar(limit);
  const zero = scalar(0n, 'int64');
  const last = whileLoop(
    ({ holds, step }) => (end === undefined ? holds : logicalAnd(holds, less(step, end))),
    ({ holds, step, values }) => {
      const [next, ...results] = tensorsOf(call, call.run(body, [step, holds, ...values]), 'a result of a step');
      return { holds: asScalar(next), step: add(step, 1), values: results };
    },
    { holds: going, step: zero as Tensor, values: state as readonly Tensor[] },
  );
  return [...last.values];
}

/** Since operator set 9; before, a batch comes first, each example with its own loop. */
function scanned(call: Call): Tensor[] {
  const body = call.body('body');
  const count = call.int('num_scan_inputs')!;
  if (call.version < 9) return batchOfScans(call, count);
  const inputs = call.tensors();
  const carried = inputs.length - count;
  const axes = (name: string, length: number): number[] => call.ints(name) ?? new Array<number>(length).fill(0);
  const flags = axes('scan_input_directions', count);
  const results = body.outputs.length - carried;
  const outputFlags = axes('scan_output_directions', results);
  // One scan goes one way: inputs that go the other way are turned around, and so are outputs.
  const inputAxes = axes('scan_input_axes', count);
  const xs = inputs.slice(carried).map((x, i) => turned(toFront(x, inputAxes[i]), flags[i] === 1));
  const [last, stacked] = scan(
    (state, rows) => {
      const values = tensorsOf(call, call.run(body, [...state, ...rows]), 'a result of a step');
      return [values.slice(0, carried), values.slice(carried)];
    },
    inputs.slice(0, carried),
    xs,
  );
  const outputAxes = axes('scan_output_axes', results);
  return [...last, ...stacked.map((y, i) => fromFront(turned(y, outputFlags[i] === 1), outputAxes[i]))];
}

const turned = (x: Tensor, backwards: boolean): Tensor => (backwards ? slice(x, { step: -1 }) : x);

const toFront = (x: Tensor, axis: number): Tensor => {
  const at = axis < 0 ? axis + x.shape.length : axis;
  return at === 0 ? x : transpose(x, [at, ...[...x.shape.keys()].filter((i) => i !== at)]);
};

const fromFront = (x: Tensor, axis: number): Tensor => {
  const at = axis < 0 ? axis + x.shape.length : axis;
  const order = [...x.shape.keys()].slice(1);
  return at === 0 ? x : transpose(x, [...order.slice(0, at), 0, ...order.slice(at)]);
};

/** Operator set 8: every tensor has the batch first; sequence lengths are input 0. */
function batchOfScans(call: Call, count: number): Tensor[] {
  if (call.has(0)) throw call.unsupported('sequence lengths (operator set 8)');
  if (call.ints('directions')?.includes(1)) throw call.unsupported('a direction backwards (operator set 8)');
  const inputs = call.tensors(1);
  const carried = inputs.length - count;
  const body = call.body('body');
  const each = Array.from({ length: inputs[0].shape[0] }, (_, b) => {
    const own = inputs.map((x) => squeeze(slice(x, { start: b, stop: b + 1 }), 0));
    const [last, stacked] = scan(
      (state, rows) => {
        const values = tensorsOf(call, call.run(body, [...state, ...rows]), 'a result of a step');
        return [values.slice(0, carried), values.slice(carried)];
      },
      own.slice(0, carried),
      own.slice(carried),
    );
    return [...last, ...stacked];
  });
  return each[0].map((_, i) => stack(each.map((values) => values[i])));
}

export const rules: Rules = { If: choose, Loop: loop, Scan: scanned };
