/** Operators that move elements without looking at them, and those that tell shapes. Shapes are always known. */
import { asarray, broadcastTo, concat, normalizeAxis, reshape, sizeOf, squeeze, splitAxis, transpose } from '@gradus/graph';
import { flattened } from '../axes.js';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** The shape that two shapes broadcast to: Expand's shape may have ones where x is longer. */
function expand(call: Call) {
  const x = call.input(0);
  const wanted = call.numbers(1)!;
  const rank = Math.max(wanted.length, x.shape.length);
  const size = (shape: readonly number[], i: number): number => shape[i - rank + shape.length] ?? 1;
  return broadcastTo(
    x,
    Array.from({ length: rank }, (_, i) => (size(wanted, i) === 1 ? size(x.shape, i) : size(wanted, i))),
  );
}

/** 0 means the size that x has there, unless `allowzero` says that it means 0. */
function newShape(call: Call) {
  const x = call.input(0);
  const keep = call.int('allowzero', 0) === 0;
  return reshape(
    x,
    call.list('shape', 1)!.map((n, i) => (n === 0 && keep ? x.shape[i] : n)),
  );
}

function removeAxes(call: Call) {
  const x = call.input(0);
  const axes = call.list('axes', 1)?.map((axis) => normalizeAxis('Squeeze', axis, x.shape.length));
  const gone = axes ?? x.shape.flatMap((n, i) => (n === 1 ? [i] : []));
  return gone.sort((a, b) => b - a).reduce(squeeze, x);
}

function addAxes(call: Call) {
  const x = call.input(0);
  const axes = call.list('axes', 1)!;
  const rank = x.shape.length + axes.length;
  const added = axes.map((axis) => normalizeAxis('Unsqueeze', axis, rank));
  const sizes = [...x.shape];
  return reshape(
    x,
    Array.from({ length: rank }, (_, i) => (added.includes(i) ? 1 : sizes.shift()!)),
  );
}

function shapeOf(call: Call) {
  const { shape } = call.input(0);
  const part = shape.slice(call.int('start', 0), call.int('end', shape.length));
  return asarray(part, { dtype: 'int64', shape: [part.length] });
}

/** Parts of the sizes given, or as many as there are outputs: of equal size, the last one smaller where it must be. */
function split(call: Call) {
  const x = call.input(0);
  const axis = normalizeAxis('Split', call.int('axis', 0), x.shape.length);
  const count = call.node.outputs.length;
  const size = Math.ceil(x.shape[axis] / count);
  const equal = Array.from({ length: count }, (_, i) => Math.max(Math.min(size, x.shape[axis] - i * size), 0));
  return splitAxis(x, call.list('split', 1) ?? equal, { axis });
}

export const rules: Rules = {
  Concat: (call) => concat(call.tensors(), { axis: call.int('axis', 1) }),
  Expand: expand,
  Flatten: (call) => flattened(call.input(0), call.int('axis', 1)),
  Reshape: newShape,
  Shape: shapeOf,
  Size: (call) => asarray([sizeOf(call.input(0).shape)], { dtype: 'int64', shape: [] }),
  Split: split,
  Squeeze: removeAxes,
  Transpose: (call) => transpose(call.input(0), call.ints('perm')),
  Unsqueeze: addAxes,
};
