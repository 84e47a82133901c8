/** Windows that slide over the spatial axes of `[batch, channels, …space]`: what convolution and pooling share. */
import type { TensorSpec } from './dtype.js';
import { GradusError } from './errors.js';
import { shapeError } from './operator.js';
import { sizeOf, stridesOf, type Shape } from './shape.js';

/** Per spatial axis; `pads` first before each axis, then after each, as ONNX has them. */
export type Windows = {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
};

/** One number for every spatial axis, or one for each. */
export type PerAxis = number | readonly number[];

export interface WindowOptions {
  /** From one window to the next. */
  readonly strides?: PerAxis;
  /** From one element of a window to the next. Default: 1, without gaps. */
  readonly dilations?: PerAxis;
  /** What is added around the input: on both sides of every axis, or for each axis on both sides or `[before, after]`. Default: 0. */
  readonly pads?: number | readonly (number | readonly [before: number, after: number])[];
  /**
   * Instead of `pads`: `valid` adds nothing, `same` as much as gives `ceil(size / stride)` windows, where it is odd the larger part
   * after (SAME_UPPER of ONNX).
   */
  readonly padding?: 'valid' | 'same';
}

/** How far a window reaches along an axis, gaps included. */
export const reach = ({ kernel, dilations }: Pick<Windows, 'kernel' | 'dilations'>, axis: number): number =>
  (kernel[axis] - 1) * dilations[axis] + 1;

/** The number of windows along each spatial axis. @throws `SHAPE_MISMATCH` where not even one fits. */
export function windowCounts(name: string, inputs: readonly TensorSpec[], windows: Windows): number[] {
  const space = inputs[0].shape.slice(2);
  const { strides, pads } = windows;
  return space.map((size, axis) => {
    const room = size + pads[axis] + pads[space.length + axis] - reach(windows, axis);
    if (room < 0) {
      const expected = `spatial axis ${axis} of at least ${reach(windows, axis)} elements, padding included`;
      throw shapeError(name, `a window of ${reach(windows, axis)} does not fit`, inputs, expected);
    }
    return Math.floor(room / strides[axis]) + 1;
  });
}

/** Checks options and writes them out per axis. @throws `INVALID_ARGUMENT`. */
export function windowsOf(name: string, space: Shape, kernel: Shape, options: WindowOptions, defaultStrides: PerAxis = 1): Windows {
  const strides = perAxis(name, 'strides', options.strides ?? defaultStrides, space.length, 1);
  const dilations = perAxis(name, 'dilations', options.dilations ?? 1, space.length, 1);
  return { kernel, strides, dilations, pads: padsOf(name, space, { kernel, strides, dilations }, options) };
}

/** A list with one whole number for each axis, none below `least`. @throws `INVALID_ARGUMENT`. */
export function perAxis(name: string, option: string, value: PerAxis, rank: number, least: number): number[] {
  const list = typeof value === 'number' ? new Array<number>(rank).fill(value) : [...value];
  if (list.length !== rank || !list.every((n) => Number.isInteger(n) && n >= least)) {
    const expected = `a whole number of ${least} or more, or ${rank} of them, one for each spatial axis`;
    throw new GradusError('INVALID_ARGUMENT', { what: `${name}: '${option}' does not fit`, received: JSON.stringify(value), expected });
  }
  return list;
}

function padsOf(name: string, space: Shape, windows: Omit<Windows, 'pads'>, { pads, padding }: WindowOptions): number[] {
  const rank = space.length;
  if (padding !== undefined && (pads !== undefined || (padding !== 'valid' && padding !== 'same'))) {
    const received = pads === undefined ? String(padding) : `padding '${padding}' and pads ${JSON.stringify(pads)}`;
    throw new GradusError('INVALID_ARGUMENT', { what: `${name}: padding is unclear`, received, expected: "'valid', 'same', or pads" });
  }
  if (padding === 'same') {
    const totals = space.map((size, axis) => {
      const stride = windows.strides[axis];
      return Math.max((Math.ceil(size / stride) - 1) * stride + reach(windows, axis) - size, 0);
    });
    return [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))];
  }
  const list = typeof pads === 'object' ? pads : new Array<number>(rank).fill(pads ?? 0);
  const pairs = list.map((entry) => (typeof entry === 'number' ? [entry, entry] : entry));
  if (pairs.length !== rank || !pairs.every((pair) => pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0))) {
    const expected = `a whole number of 0 or more, or ${rank} entries: such a number or [before, after]`;
    throw new GradusError('INVALID_ARGUMENT', { what: `${name}: 'pads' does not fit`, received: JSON.stringify(pads), expected });
  }
  return [...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)];
}

/** @throws `SHAPE_MISMATCH` for an input without spatial axes. */
export function requireSpace(name: string, inputs: readonly TensorSpec[]): void {
  if (inputs[0].shape.length < 3) throw shapeError(name, 'the input has no spatial axis', inputs, '[batch, channels, …space]');
}

/**
 * Elements that one place of a window meets in neighbouring windows: `length` windows from `out` on, whose elements lie from
 * `at` on, a stride of the last axis apart. Both count inside one channel.
 */
export interface Run {
  /** The place in the window, counted in row-major order. */
  readonly tap: number;
  readonly out: number;
  readonly at: number;
  readonly length: number;
}

/** All pairs of a window and an element inside it, as runs along the last axis. Padding is in none. */
export function runsOf(space: Shape, counts: Shape, { kernel, strides, dilations, pads }: Windows): Run[] {
  const runs: Run[] = [];
  const last = space.length - 1;
  const own = stridesOf(space);
  const positions = (total: number, shape: Shape): number[] => {
    const steps = stridesOf(shape);
    return shape.map((n, axis) => Math.floor(total / steps[axis]) % n);
  };
  const rows = counts.slice(0, last);
  for (let tap = 0; tap < sizeOf(kernel); tap++) {
    const shift = positions(tap, kernel).map((k, axis) => k * dilations[axis] - pads[axis]);
    const first = Math.max(Math.ceil(-shift[last] / strides[last]), 0);
    const length = Math.min(Math.floor((space[last] - 1 - shift[last]) / strides[last]) + 1, counts[last]) - first;
    if (length <= 0) continue;
    for (let row = 0; row < sizeOf(rows); row++) {
      const at = positions(row, rows).map((i, axis) => i * strides[axis] + shift[axis]);
      if (at.some((i, axis) => i < 0 || i >= space[axis])) continue;
      const start = at.reduce((sum, i, axis) => sum + i * own[axis], 0);
      runs.push({ tap, out: row * counts[last] + first, at: start + first * strides[last] + shift[last], length });
    }
  }
  return runs;
}
