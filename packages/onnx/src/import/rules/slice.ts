/** Parts of tensors, and elements around them. */
import { normalizeAxis, pad, slice, type PadMode, type Tensor } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** Bounds beyond the axis mean its ends; a part that ends before it starts is empty. */
function part(call: Call): Tensor {
  const x = call.input(0);
  const [starts, ends] = [call.list('starts', 1)!, call.list('ends', 2)!];
  const axes = call.list('axes', 3) ?? starts.map((_, i) => i);
  const steps = call.numbers(4) ?? starts.map(() => 1);
  return axes.reduce((y, axis, i) => {
    const at = normalizeAxis('Slice', axis, y.shape.length);
    return slice(y, { axis: at, ...bounds(starts[i], ends[i], steps[i], y.shape[at]) });
  }, x);
}

/** ONNX's bounds as Python's: `stop` is left out where it lies before the first element. */
function bounds(start: number, end: number, step: number, size: number): { start: number; stop?: number; step: number } {
  const from = start < 0 ? start + size : start;
  const to = end < 0 ? end + size : end;
  if (step > 0) {
    const first = Math.min(Math.max(from, 0), size);
    return { start: first, stop: Math.max(Math.min(to, size), first), step };
  }
  const first = Math.min(Math.max(from, -1), size - 1);
  const last = Math.min(Math.max(to, -1), first);
  return last < 0 ? { start: first, step } : { start: first, stop: last, step };
}

/** Amounts before each axis, then after each; negative ones take away. */
function padded(call: Call): Tensor {
  let x = call.input(0);
  const rank = x.shape.length;
  const amounts = call.ints('paddings') ?? call.list('pads', 1)!;
  const mode = call.string('mode', 'constant') as PadMode;
  const value = call.float('value') ?? call.numbers(2)?.[0] ?? 0;
  const axes = call.numbers(3)?.map((axis) => normalizeAxis('Pad', axis, rank)) ?? x.shape.map((_, i) => i);
  const before = axes.map((_, i) => amounts[i]);
  const after = axes.map((_, i) => amounts[axes.length + i]);
  axes.forEach((axis, i) => {
    if (before[i] >= 0 && after[i] >= 0) return;
    x = slice(x, { axis, start: Math.max(-before[i], 0), stop: x.shape[axis] - Math.max(-after[i], 0) });
  });
  const pads = Array.from({ length: rank }, (_, axis): [number, number] => {
    const i = axes.indexOf(axis);
    return i < 0 ? [0, 0] : [Math.max(before[i], 0), Math.max(after[i], 0)];
  });
  return pad(x, { pads, mode, value });
}

export const rules: Rules = { Pad: padded, Slice: part };
