/** Sequences and optional values. How long a sequence is, and whether an optional holds something, is known at import. */
import { asarray, concat, scalar, slice, squeeze, stack, type Tensor } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';
import { isSequence, type Value } from '../value.js';

/** Input `i` as a position in a list of `length`; negative ones count from the end. */
function position(call: Call, i: number, length: number): number {
  const at = call.numbers(i)![0];
  return at < 0 ? at + length : at;
}

function inserted(call: Call): Value {
  const list = call.sequence(0);
  const at = call.has(2) ? position(call, 2, list.length) : list.length;
  return [...list.slice(0, at), call.input(1), ...list.slice(at)];
}

function erased(call: Call): Value {
  const list = call.sequence(0);
  const at = call.has(1) ? position(call, 1, list.length) : list.length - 1;
  return list.filter((_, i) => i !== at);
}

function joined(call: Call): Tensor {
  const list = call.tensorsAmong(call.sequence(0));
  const axis = call.int('axis')!;
  return call.int('new_axis', 0) === 1 ? stack(list, { axis }) : concat(list, { axis });
}

/** A sequence is as many nodes. */
const MOST_PARTS = 10_000;

/** In parts of one size (the last one smaller), of listed sizes, or one by one. */
function splitUp(call: Call): Value {
  const x = call.input(0);
  const axis = call.int('axis', 0);
  const at = axis < 0 ? axis + x.shape.length : axis;
  const single = !call.has(1);
  const given = call.has(1) ? call.array(1) : asarray([1], { dtype: 'int64', shape: [] });
  const size = Number(given.data[0]);
  if (given.shape.length === 0 && !(size > 0 && x.shape[at] / size <= MOST_PARTS)) {
    throw call.unsupported(`parts of ${size}, of which there would be more than ${MOST_PARTS}`);
  }
  const sizes =
    given.shape.length > 0
      ? call.numbers(1)!
      : Array.from({ length: Math.ceil(x.shape[at] / size) }, (_, i) => Math.min(size, x.shape[at] - i * size));
  let start = 0;
  return sizes.map((n) => {
    const part = slice(x, { axis: at, start, stop: (start += n) });
    return single && call.int('keepdims', 1) === 0 ? squeeze(part, at) : part;
  });
}

/** The body for each element of the first sequence; other sequences go along, tensors are the same for all. */
function mapped(call: Call): Value[] {
  const body = call.body('body');
  const first = call.sequence(0);
  const results = first.map((_, i) =>
    call.run(
      body,
      call.values.map((value) => (value !== undefined && value !== null && isSequence(value) ? value[i] : (value ?? null))),
    ),
  );
  return body.outputs.map((_, k) => results.map((result) => result[k]));
}

function element(call: Call): Value {
  const value = call.values[0];
  if (value === null || value === undefined) throw call.unsupported('the element of an optional that holds nothing');
  return value;
}

export const rules: Rules = {
  ConcatFromSequence: joined,
  Optional: (call) => [call.values[0] ?? null],
  OptionalGetElement: (call) => [element(call)],
  OptionalHasElement: (call) => scalar(call.values[0] !== null && call.values[0] !== undefined, 'bool'),
  SequenceAt: (call) => [call.sequence(0)[position(call, 1, call.sequence(0).length)]],
  SequenceConstruct: (call) => [call.tensors()],
  SequenceEmpty: () => [[]],
  SequenceErase: (call) => [erased(call)],
  SequenceInsert: (call) => [inserted(call)],
  SequenceLength: (call) => asarray([call.sequence(0).length], { dtype: 'int64', shape: [] }),
  SequenceMap: mapped,
  SplitToSequence: (call) => [splitUp(call)],
};
