/** Factory for reductions over axes, in the shape ONNX gives them: axes as a constant input, axes kept or dropped. */
import { eachRow } from './elementwise.js';
import { isFloat, type DType } from './dtype.js';
import { NDArray, asarray } from './ndarray.js';
import { apply, requireDType, type GradientContext, type Operator } from './operator.js';
import { normalizeAxes, sizeOf, type Shape } from './shape.js';
import type { Tensor } from './tensor.js';
import { narrow, wideArray, widen } from './wide.js';

export interface ReduceOptions {
  /** Axes to reduce, negative ones from the end. Default: all. */
  readonly axes?: number | readonly number[];
  /** Keeps reduced axes with size 1. Default: `false`. */
  readonly keepDims?: boolean;
}

type ReduceAttributes = { axes: readonly number[]; keepdims: number };

interface Reduction {
  readonly types: readonly DType[];
  /** What an empty reduction gives: a number, or the lowest or highest value of the element type. */
  readonly initial: 0 | 1 | 'lowest' | 'highest';
  readonly step: (accumulated: number, value: number) => number;
  /** Replaces `step` for integers (bigints for `int64`). */
  readonly integer?: (accumulated: number, value: number) => number;
  readonly finish?: (accumulated: number, count: number) => number;
  readonly gradient: (context: GradientContext<ReduceAttributes>) => readonly (Tensor | null)[];
}

function initialValue(initial: Reduction['initial'], dtype: DType): number | bigint {
  if (typeof initial === 'number') return dtype === 'int64' ? BigInt(initial) : initial;
  const sign = initial === 'lowest' ? -1 : 1;
  if (isFloat(dtype)) return sign * Infinity;
  if (dtype === 'int64') return sign < 0 ? -(2n ** 63n) : 2n ** 63n - 1n;
  return sign < 0 ? -(2 ** 31) : 2 ** 31 - 1;
}

const kept = (shape: Shape, axes: readonly number[]): number[] => shape.map((n, i) => (axes.includes(i) ? 1 : n));

export function reduction(name: string, { types, initial, step, integer, finish, gradient }: Reduction): Operator<ReduceAttributes> {
  const operator: Operator<ReduceAttributes> = {
    name,
    infer([x], { axes, keepdims }) {
      requireDType(name, x, types);
      const shape = keepdims === 1 ? kept(x.shape, axes) : x.shape.filter((_, i) => !axes.includes(i));
      return [{ dtype: x.dtype, shape }];
    },
    kernel([x], { axes }, [spec]) {
      const target = kept(x.shape, axes);
      const size = sizeOf(target);
      const from = widen(x.data);
      const totals = wideArray(x.dtype, size).fill(initialValue(initial, x.dtype) as never);
      const next = integer === undefined || isFloat(x.dtype) ? step : integer;
      eachRow(x.shape, [target], (start, length, [offset], [stride]) => {
        for (let i = start, t = offset; i < start + length; i++, t += stride) totals[t] = next(totals[t], from[i]);
      });
      if (finish) for (let i = 0; i < size; i++) totals[i] = finish(totals[i], x.size / size);
      return [new NDArray(spec.dtype, spec.shape, narrow(totals, spec.dtype))];
    },
    gradient,
    batch: ({ inputs, attributes: { axes, keepdims } }) => apply(operator, inputs, { axes: axes.map((axis) => axis + 1), keepdims }),
    onnx: ({ axes, keepdims }) => ({
      attributes: { keepdims: { int: keepdims } },
      constants: [asarray([...axes], { dtype: 'int64', shape: [axes.length] })],
    }),
  };
  return operator;
}

/** Applies a reduction with normalised axes. Reducing no axis gives x itself, as NumPy has it. */
export function reduce(operator: Operator<ReduceAttributes>, x: Tensor, { axes, keepDims = false }: ReduceOptions): Tensor {
  const list = normalizeAxes(operator.name, axes, x.shape.length);
  if (list.length === 0) return x;
  return apply(operator, [x], { axes: list, keepdims: keepDims ? 1 : 0 })[0];
}
