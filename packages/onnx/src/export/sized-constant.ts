/** Constants that are larger at larger sizes, or hold other numbers there: what they are in general, and the nodes that make them. */
import { add, isFloat, sizeOf, slice, subtract, zeros, type DType, type NDArray, type Tensor } from '@gradus/graph';
import { sameArray } from './family.js';
import type { FreeSize, Point } from './free-sizes.js';
import { fit, type SizeFunction } from './size-function.js';
import type { SizeNodes } from './size-nodes.js';

/** The constant at every point. */
export interface Sized {
  readonly free: readonly FreeSize[];
  readonly points: readonly Point[];
  readonly arrays: readonly NDArray[];
}

/**
 * Writes the nodes of a constant that follows the sizes. It may hold numbers that are functions of them, one number over a free axis (zeros
 * to begin with), numbers that grow evenly along free axes (positions), or two numbers on either side of a diagonal (a causal mask); and
 * anything that only goes on where a size grows, up to its limit.
 * @returns the name of its value, or `null` for anything else.
 */
export function writeSizedConstant(nodes: SizeNodes, sized: Sized): string | null {
  const { arrays } = sized;
  const { shape } = arrays[0];
  if (arrays.some((array) => array.shape.length !== shape.length)) return null;
  const axes = shape.flatMap((n, axis) => (arrays.some((array) => array.shape[axis] !== n) ? [axis] : []));
  if (axes.length === 0) return writeNumbers(nodes, sized);
  const counts = shape.map((_, axis) => fitted(sized, (array) => [array.shape[axis]]));
  if (counts.includes(null)) return null;
  const grown: Grown = { ...sized, axes, counts: counts as SizeFunction[] };
  return writeRamp(nodes, grown) ?? writeTriangle(nodes, grown) ?? writeTable(nodes, grown);
}

const fitted = ({ free, points, arrays }: Sized, of: (array: NDArray) => readonly number[]): SizeFunction | null =>
  fit(free, points, arrays.map(of));

const numbersOf = ({ data }: NDArray): number[] => Array.from(data as ArrayLike<number | bigint>, Number);

/** Numbers that are functions of the sizes, or one over such a number: a mean is a sum divided by a size. */
function writeNumbers(nodes: SizeNodes, sized: Sized): string | null {
  const [{ shape, dtype }] = sized.arrays;
  const terms = fitted(sized, numbersOf);
  if (terms !== null) return nodes.numbers(terms, shape, dtype);
  if (!isFloat(dtype)) return null;
  const inverse = fitted(sized, (array) => numbersOf(array).map((x) => whole(1 / x, dtype)));
  return inverse === null ? null : nodes.node('Reciprocal', [nodes.numbers(inverse, shape, dtype)], 'constant');
}

/** The whole number that rounding has left a float of this type beside, or the float. */
function whole(x: number, dtype: DType): number {
  const near = Math.round(x);
  return isNear(x, near, dtype) ? near : x;
}

const isNear = (a: number, b: number, dtype: DType): boolean =>
  a === b || (isFloat(dtype) && Math.abs(a - b) <= Math.abs(b) * (dtype === 'float32' ? 2 ** -22 : 2 ** -51));

/** A constant whose free axes are `axes`; `counts` has the function of every axis. */
interface Grown extends Sized {
  readonly axes: readonly number[];
  readonly counts: readonly SizeFunction[];
}

/** Calls `check` with the position of every element along every axis, until it says no. */
function everyElement({ shape, data }: NDArray, check: (position: readonly number[], value: number) => boolean): boolean {
  const position = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    if (!check(position, Number(data[i]))) return false;
    for (let axis = shape.length - 1; axis >= 0 && ++position[axis] === shape[axis]; axis--) position[axis] = 0;
  }
  return true;
}

/** The part of an array at one place of each of `axes`, which keep the size 1. */
const partAt = (array: NDArray, axes: readonly number[], places: readonly number[]): NDArray =>
  axes.reduce<Tensor>((part, axis, k) => slice(part, { axis, start: places[k], stop: places[k] + 1 }), array) as NDArray;

/** Reads a part by the position of an element of the whole. */
const reader = (part: NDArray): ((position: readonly number[]) => number) => {
  const strides = part.shape.map((n, axis) => (n === 1 ? 0 : sizeOf(part.shape.slice(axis + 1))));
  return (position) => Number(part.data[position.reduce((sum, p, axis) => sum + p * strides[axis], 0)]);
};

/** Numbers that grow by the same step from one place of a free axis to the next; by 0 where all are the same. */
function writeRamp(nodes: SizeNodes, grown: Grown): string | null {
  const { arrays, axes, counts } = grown;
  const [array] = arrays;
  const { dtype, shape } = array;
  if (axes.some((axis) => shape[axis] < 2)) return null;
  const first = partAt(
    array,
    axes,
    axes.map(() => 0),
  );
  const next = (axis: number): NDArray =>
    partAt(
      array,
      axes,
      axes.map((other) => (other === axis ? 1 : 0)),
    );
  // Truth values cannot grow.
  const steps = axes.map((axis) => (dtype === 'bool' ? zeros(first.shape, dtype) : (subtract(next(axis), first) as NDArray)));
  const [start, ...growth] = [first, ...steps].map(reader);
  const fits = (one: NDArray): boolean =>
    everyElement(one, (position, value) =>
      isNear(
        axes.reduce((sum, axis, k) => sum + growth[k](position) * position[axis], start(position)),
        value,
        dtype,
      ),
    );
  if (!arrays.every(fits)) return null;
  const moving = axes.map((_, k) => k).filter((k) => numbersOf(steps[k]).some((step) => step !== 0));
  let value = nodes.constant(first);
  for (const k of moving) {
    const places = nodes.cast(positions(nodes, counts, axes[k], shape.length), dtype);
    value = nodes.node('Add', [value, nodes.node('Mul', [places, nodes.constant(steps[k])], 'constant')], 'constant');
  }
  return moving.length === axes.length ? value : expanded(nodes, value, counts);
}

/** 0, 1, … along an axis of a tensor of this rank: int64. */
function positions(nodes: SizeNodes, counts: readonly SizeFunction[], axis: number, rank: number): string {
  const range = nodes.range(counts[axis]);
  return rank === 1
    ? range
    : nodes.reshape(
        range,
        Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1)),
      );
}

/** A value repeated to its full size. */
function expanded(nodes: SizeNodes, value: string, counts: readonly SizeFunction[]): string {
  const shape = vector(counts);
  return nodes.node('Expand', [value, nodes.numbers(shape, [counts.length])], 'constant');
}

/** Several functions as one function of several values. */
function vector(functions: readonly SizeFunction[]): SizeFunction {
  const keys = new Map(functions.flatMap((terms) => terms.map(({ sizes }) => [sizes.join('*'), sizes] as const)));
  return [...keys].map(([key, sizes]) => ({
    sizes,
    factors: functions.map((terms) => terms.find((term) => term.sizes.join('*') === key)?.factors[0] ?? 0),
  }));
}

/** One number where the place on the last free axis is at most `k` beyond that on the one before, another where it is further. */
function writeTriangle(nodes: SizeNodes, grown: Grown): string | null {
  const { arrays, axes, counts } = grown;
  const [array] = arrays;
  const { shape, dtype } = array;
  const [rows, columns] = axes.slice(-2);
  if (columns === undefined || shape[rows] < 2 || shape[columns] < 2) return null;
  const corner = (row: number, column: number): NDArray =>
    partAt(
      array,
      axes,
      axes.map((axis) => (axis === rows ? row : axis === columns ? column : 0)),
    );
  const [near, far] = [corner(shape[rows] - 1, 0), corner(0, shape[columns] - 1)];
  const [low, high] = [near, far].map(reader);
  const k = diagonalOf(array, columns, high);
  const fits = (one: NDArray): boolean =>
    everyElement(one, (position, value) => value === (position[columns] <= position[rows] + k ? low : high)(position));
  if (!arrays.every(fits)) return null;
  const reach = nodes.node(
    'Add',
    [positions(nodes, counts, rows, shape.length), nodes.numbers([{ sizes: [], factors: [k] }], [])],
    'diagonal',
  );
  const within = nodes.node('LessOrEqual', [positions(nodes, counts, columns, shape.length), reach], 'diagonal');
  const value =
    dtype === 'float64'
      ? chosenWide(nodes, within, near, far)
      : nodes.node('Where', [within, nodes.constant(near), nodes.constant(far)], 'mask');
  if (value === null) return null;
  return axes.length === 2 ? value : expanded(nodes, value, counts);
}

/** A choice by arithmetic: ONNX Runtime has none in float64. `null` where it would not be exact. */
function chosenWide(nodes: SizeNodes, within: string, near: NDArray, far: NDArray): string | null {
  const difference = subtract(near, far) as NDArray;
  if (!sameArray(add(difference, far) as NDArray, near)) return null;
  const share = nodes.node('Mul', [nodes.cast(within, 'float64'), nodes.constant(difference)], 'mask');
  return nodes.node('Add', [share, nodes.constant(far)], 'mask');
}

/** How far the near side reaches in the first row, from -1 on. */
function diagonalOf(array: NDArray, columns: number, high: (position: readonly number[]) => number): number {
  let k = -1;
  everyElement(array, (position, value) => {
    if (position.every((p, axis) => p === 0 || axis === columns) && value !== high(position)) k = Math.max(k, position[columns]);
    return true;
  });
  return k;
}

/** The beginning of a table that is as long as the limits of its sizes. */
function writeTable(nodes: SizeNodes, { free, arrays, axes, counts }: Grown): string | null {
  const named = new Set(axes.flatMap((axis) => counts[axis].flatMap(({ sizes }) => sizes)));
  if (free.some(({ name, limit }) => named.has(name) && limit === null)) return null;
  const table = arrays.at(-1)!;
  const read = reader(table);
  const begins = (array: NDArray): boolean =>
    array.shape.every((n, axis) => n <= table.shape[axis]) && everyElement(array, (position, value) => value === read(position));
  if (!arrays.every(begins)) return null;
  const starts = nodes.numbers([{ sizes: [], factors: axes.map(() => 0) }], [axes.length]);
  const ends = nodes.numbers(vector(axes.map((axis) => counts[axis])), [axes.length]);
  return nodes.node('Slice', [nodes.constant(table), starts, ends, nodes.numbers([{ sizes: [], factors: axes }], [axes.length])], 'table');
}
