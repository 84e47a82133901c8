/** If, Loop and Scan. What is decided before the graph runs is decided at import: a known branch, a known number of steps. */
import { cond, isTensor, NDArray, reshape, scalar, scan, slice, squeeze, stack, transpose, type Tensor } from '@gradus/graph';
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
  const branch = (body: typeof then) => () => tensorsOf(call, call.run(body, []), 'a branch with a result');
  return cond(condition, branch(then), branch(otherwise));
}

/**
 * A loop whose number of steps and condition are known at import is written out step by step, so that carried values may be
 * sequences and change their shapes.
 */
function loop(call: Call): readonly Value[] {
  const body = call.body('body');
  const carried = call.values.length - 2;
  const limit = call.has(0) ? call.array(0).item() : Infinity;
  let going: Tensor = call.has(1) ? asScalar(call.input(1)) : scalar(true, 'bool');
  let state: readonly Value[] = call.values.slice(2).map((value) => value ?? null);
  const stacked: Tensor[][] = body.outputs.slice(1 + carried).map(() => []);
  for (let step = 0; step < limit && isTrue(call, going); step++) {
    const [next, ...results] = call.run(body, [scalar(BigInt(step), 'int64'), going, ...state]);
    going = asScalar(tensorsOf(call, [next], 'a condition')[0]);
    state = results.slice(0, carried);
    tensorsOf(call, results.slice(carried), 'a result of a step').forEach((result, i) => stacked[i].push(result));
  }
  return [
    ...state,
    ...stacked.map((list) => {
      if (list.length === 0) throw call.unsupported('a loop of no steps that stacks results');
      return stack(list);
    }),
  ];
}

function isTrue(call: Call, condition: Tensor): boolean {
  if (condition instanceof NDArray) return condition.data[0] !== 0;
  throw call.unsupported('a loop that stops at a computed condition');
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
