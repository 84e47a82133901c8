/** Factory for the position of an extreme along an axis. */
import { FLOATS } from './dtype.js';
import { NDArray } from './ndarray.js';
import { apply, requireDType, shapeError, type Operator } from './operator.js';
import { cast } from './ops/cast.js';
import { normalizeAxis, sizeOf } from './shape.js';
import type { Tensor } from './tensor.js';

export interface ArgOptions {
  /** Default: the last. */
  readonly axis?: number;
  /** Keeps the axis with size 1. Default: `false`. */
  readonly keepDims?: boolean;
  /** Takes the last of equal extremes instead of the first. Default: `false`. */
  readonly selectLast?: boolean;
}

type ArgAttributes = { axis: number; keepdims: number; select_last_index: number };

/** @param better Whether the first of two elements beats the second; both are bigints for `int64`. */
export function argExtreme(name: string, better: (a: number | bigint, b: number | bigint) => boolean): Operator<ArgAttributes> {
  const operator: Operator<ArgAttributes> = {
    name,
    infer([x], { axis, keepdims }) {
      requireDType(name, x, [...FLOATS, 'int32', 'int64']);
      if (x.shape[axis] === 0) throw shapeError(name, `axis ${axis} is empty`, [x], 'at least one element');
      const shape = keepdims === 1 ? x.shape.map((n, i) => (i === axis ? 1 : n)) : x.shape.filter((_, i) => i !== axis);
      return [{ dtype: 'int64', shape }];
    },
    kernel([x], { axis, select_last_index: last }, [spec]) {
      const length = x.shape[axis];
      const inner = sizeOf(x.shape.slice(axis + 1));
      const data = new BigInt64Array(sizeOf(spec.shape));
      for (let i = 0; i < data.length; i++) {
        const start = Math.floor(i / inner) * length * inner + (i % inner);
        let best = 0;
        for (let k = 1; k < length; k++) {
          const [x0, x1] = [x.data[start + best * inner], x.data[start + k * inner]];
          if (better(x1, x0) || (last === 1 && x1 === x0)) best = k;
        }
        data[i] = BigInt(best);
      }
      return [new NDArray('int64', spec.shape, data)];
    },
    batch: ({ inputs, attributes }) => apply(operator, inputs, { ...attributes, axis: attributes.axis + 1 }),
    onnx: ({ axis, keepdims, select_last_index: last }) => ({
      attributes: { axis: { int: axis }, keepdims: { int: keepdims }, select_last_index: { int: last } },
    }),
  };
  return operator;
}

/** Applies it with the axis normalised, and gives `int32`. */
export function positionOf(operator: Operator<ArgAttributes>, x: Tensor, options: ArgOptions): Tensor {
  const axis = normalizeAxis(operator.name, options.axis ?? -1, x.shape.length);
  const attributes = { axis, keepdims: options.keepDims === true ? 1 : 0, select_last_index: options.selectLast === true ? 1 : 0 };
  return cast(apply(operator, [x], attributes)[0], 'int32');
}
