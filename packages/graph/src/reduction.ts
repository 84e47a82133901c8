/** Factory for reductions over axes, in the shape ONNX gives them: axes as a constant input, axes kept or dropped. */
import { dtypes, type DType } from './dtype.js';
import { NDArray, asarray } from './ndarray.js';
import { apply, requireDType, type GradientContext, type Operator } from './operator.js';
import { broadcastStrides, normalizeAxes, sizeOf, stridesOf, type Shape } from './shape.js';
import type { Tensor } from './tensor.js';

export interface ReduceOptions {
  /** Axes to reduce, negative ones from the end. Default: all. */
  readonly axes?: number | readonly number[];
  /** Keeps reduced axes with size 1. Default: `false`. */
  readonly keepDims?: boolean;
}

type ReduceAttributes = { axes: readonly number[]; keepdims: number };

interface Reduction {
  readonly types: readonly DType[];
  readonly initial: number | bigint;
  readonly step: (accumulated: number, value: number) => number;
  readonly finish?: (accumulated: number, count: number) => number;
  readonly gradient: (context: GradientContext<ReduceAttributes>) => readonly (Tensor | null)[];
}

const kept = (shape: Shape, axes: readonly number[]): number[] => shape.map((n, i) => (axes.includes(i) ? 1 : n));

export function reduction(name: string, { types, initial, step, finish, gradient }: Reduction): Operator<ReduceAttributes> {
  return {
    name,
    infer([x], { axes, keepdims }) {
      requireDType(name, x, types);
      const shape = keepdims === 1 ? kept(x.shape, axes) : x.shape.filter((_, i) => !axes.includes(i));
      return [{ dtype: x.dtype, shape }];
    },
    kernel([x], { axes }, [spec]) {
      const narrow = kept(x.shape, axes);
      const size = sizeOf(narrow);
      // Sums run in float64 and are rounded once: the interpreter is the more exact engine.
      const wide = x.data instanceof BigInt64Array ? new BigInt64Array(size) : new Float64Array(size);
      const totals = wide.fill((x.data instanceof BigInt64Array ? BigInt(Number.isFinite(Number(initial)) ? initial : 0) : Number(initial)) as never) as Float64Array;
      const from = x.data as Float64Array;
      accumulate(from, x.shape, totals, narrow, step);
      const count = size === 0 ? 0 : x.size / size;
      const data = dtypes[spec.dtype].allocate(size) as Float64Array;
      for (let i = 0; i < size; i++) data[i] = finish ? finish(totals[i], count) : totals[i];
      return [new NDArray(spec.dtype, spec.shape, data)];
    },
    gradient,
    onnx: ({ axes, keepdims }) => ({
      attributes: { keepdims: { int: keepdims } },
      constants: [asarray([...axes], { dtype: 'int64', shape: [axes.length] })],
    }),
  };
}

function accumulate(from: Float64Array, shape: Shape, totals: Float64Array, narrow: Shape, step: (a: number, v: number) => number): void {
  const strides = broadcastStrides(narrow, shape);
  const inner = shape.length === 0 ? 1 : shape[shape.length - 1];
  const innerStride = shape.length === 0 ? 0 : strides[shape.length - 1];
  const outerShape = shape.slice(0, -1);
  const outerStrides = stridesOf(outerShape);
  const outer = sizeOf(outerShape);
  for (let o = 0, i = 0; o < outer; o++) {
    let target = 0;
    for (let axis = 0, rest = o; axis < outerShape.length; axis++) {
      const index = Math.floor(rest / outerStrides[axis]);
      rest -= index * outerStrides[axis];
      target += index * strides[axis];
    }
    for (let j = 0; j < inner; j++, target += innerStride) totals[target] = step(totals[target], from[i++]);
  }
}

/** Applies a reduction with normalised axes. Reducing no axis gives x itself, as NumPy has it. */
export function reduce(operator: Operator<ReduceAttributes>, x: Tensor, { axes, keepDims = false }: ReduceOptions): Tensor {
  const list = normalizeAxes(operator.name, axes, x.shape.length);
  if (list.length === 0) return x;
  return apply(operator, [x], { axes: list, keepdims: keepDims ? 1 : 0 })[0];
}
