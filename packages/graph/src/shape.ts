/** Shapes: sizes, strides, axes and broadcasting. A shape is a list of non-negative integers; `[]` is a scalar. */
import { GradusError } from './errors.js';
import { currentLine } from './origin.js';

export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Throws `SHAPE_MISMATCH` unless `shape` is a list of integers of 0 or more. */
export function checkShape(what: string, shape: Shape): void {
  if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new GradusError('SHAPE_MISMATCH', {
      what: `${what}: not a shape`,
      received: Array.isArray(shape) ? formatShape(shape) : String(shape),
      expected: 'a list of integers of 0 or more ([] for a scalar)',
    });
  }
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

/** The shape that both operands broadcast to (NumPy rules), or `null` when they do not. */
export function broadcastShapes(a: Shape, b: Shape): number[] | null {
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 0; i < rank; i++) {
    const m = a[a.length - rank + i] ?? 1;
    const n = b[b.length - rank + i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) return null;
    out[i] = m === 1 ? n : m;
  }
  return out;
}

/** Strides that read `shape` as if it were `target`: 0 on every broadcast axis. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const strides = stridesOf(shape);
  const offset = target.length - shape.length;
  return target.map((_, i) => (i < offset || shape[i - offset] === 1 ? 0 : strides[i - offset]));
}

/** Makes an axis non-negative; throws `INVALID_AXIS` when it is outside `[-rank, rank)`. */
export function normalizeAxis(operator: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new GradusError('INVALID_AXIS', {
      what: `${operator}: no such axis`,
      received: `axis ${axis} of a tensor with ${rank} axes`,
      expected: rank === 0 ? 'a tensor with at least one axis' : `an integer from ${-rank} to ${rank - 1}`,
      at: currentLine(),
    });
  }
  return axis < 0 ? axis + rank : axis;
}

/** Non-negative, distinct, ascending axes; `undefined` means all of them. */
export function normalizeAxes(operator: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  const list = (typeof axes === 'number' ? [axes] : axes).map((axis) => normalizeAxis(operator, axis, rank));
  if (new Set(list).size !== list.length) {
    throw new GradusError('INVALID_AXIS', { what: `${operator}: an axis is named twice`, received: formatShape(list) });
  }
  return list.sort((a, b) => a - b);
}
