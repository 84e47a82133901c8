/** Factories for elementwise operators: one number in or two, NumPy broadcasting, one output. */
import { dtypes, FLOATS, NUMBERS, type DType, type TensorSpec } from './dtype.js';
import { NDArray } from './ndarray.js';
import { apply, requireDType, requireSameDType, shapeError, type OnnxForm, type Operator } from './operator.js';
import { broadcastShapes, broadcastStrides, sizeOf, type Shape } from './shape.js';
import { isTensor, toTensor, type Tensor, type TensorLike } from './tensor.js';
import { unbroadcast } from './unbroadcast.js';

/** Arithmetic of one element. Bigints pass through it for `int64`, so it uses only operators that take both. */
type Compute2 = (a: number, b: number) => number | boolean;

interface Unary {
  readonly types?: readonly DType[];
  readonly compute: (x: number) => number | boolean;
  /** Gradient of the input from the input, the output and the output's cotangent. */
  readonly gradient?: (x: Tensor, y: Tensor, g: Tensor) => Tensor;
  /** Element type of the output; default: the input's. */
  readonly result?: DType;
}

/** An operator of one operand. Default element types: floats. */
export function unary(name: string, options: Unary): Operator {
  const { types = FLOATS, compute, gradient, result } = options;
  return {
    name,
    infer([x]) {
      requireDType(name, x, types);
      return [{ dtype: result ?? x.dtype, shape: x.shape }];
    },
    kernel([x], _, [spec]) {
      const data = dtypes[spec.dtype].allocate(x.size) as Float64Array;
      const from = x.data as Float64Array;
      for (let i = 0; i < data.length; i++) data[i] = compute(from[i]) as number;
      return [new NDArray(spec.dtype, spec.shape, data)];
    },
    gradient: gradient && (({ inputs: [x], outputs: [y], cotangent }) => [gradient(x, y, cotangent)]),
  };
}

interface Binary {
  readonly types?: readonly DType[];
  readonly compute: Compute2;
  /** Gradients of both operands, of the output's shape; the factory sums them over broadcast axes. */
  readonly gradient?: (a: Tensor, b: Tensor, y: Tensor, g: Tensor) => readonly [Tensor | null, Tensor | null];
  readonly result?: DType;
  /** Replaces `compute` for 32-bit integers, where doubles would lose bits. */
  readonly compute32?: (a: number, b: number) => number;
  readonly onnx?: OnnxForm;
}

/** An operator of two operands of one element type that broadcast. */
export function binary(name: string, options: Binary): Operator {
  const { types = NUMBERS, compute, compute32, gradient, result, onnx } = options;
  return {
    name,
    infer(inputs) {
      requireSameDType(name, inputs);
      requireDType(name, inputs[0], types, 'operands');
      return [{ dtype: result ?? inputs[0].dtype, shape: broadcastOrThrow(name, inputs) }];
    },
    kernel([a, b], _, [spec]) {
      const narrow = compute32 !== undefined && (a.dtype === 'int32' || a.dtype === 'uint32');
      return [map2(a, b, spec, narrow ? compute32 : compute)];
    },
    gradient:
      gradient &&
      (({ inputs: [a, b], outputs: [y], cotangent }) => {
        const [ga, gb] = gradient(a, b, y, cotangent);
        return [ga && unbroadcast(ga, a.shape), gb && unbroadcast(gb, b.shape)];
      }),
    onnx: onnx && (() => onnx),
  };
}

/** The broadcast shape of all operands. @throws `SHAPE_MISMATCH`, naming the operator and every shape. */
export function broadcastOrThrow(name: string, inputs: readonly TensorSpec[]): number[] {
  return inputs.reduce<number[]>((shape, input) => {
    const next = broadcastShapes(shape, input.shape);
    if (next === null) {
      throw shapeError(name, 'shapes do not broadcast', inputs, 'equal sizes, or 1, on each axis counted from the right');
    }
    return next;
  }, []);
}

function map2(a: NDArray, b: NDArray, spec: TensorSpec, compute: Compute2): NDArray {
  const size = sizeOf(spec.shape);
  const data = dtypes[spec.dtype].allocate(size) as Float64Array;
  const x = a.data as Float64Array;
  const y = b.data as Float64Array;
  if (x.length === size && y.length === size) {
    for (let i = 0; i < size; i++) data[i] = compute(x[i], y[i]) as number;
  } else if (y.length === 1 && x.length === size) {
    for (let i = 0, v = y[0]; i < size; i++) data[i] = compute(x[i], v) as number;
  } else if (x.length === 1 && y.length === size) {
    for (let i = 0, v = x[0]; i < size; i++) data[i] = compute(v, y[i]) as number;
  } else {
    eachBroadcast(spec.shape, [a.shape, b.shape], (i, [p, q]) => (data[i] = compute(x[p], y[q]) as number));
  }
  return new NDArray(spec.dtype, spec.shape, data);
}

/** Visits every index of `shape` in order with the matching offset into each broadcast operand. */
export function eachBroadcast(shape: Shape, operands: readonly Shape[], visit: (i: number, offsets: readonly number[]) => void): void {
  const strides = operands.map((operand) => broadcastStrides(operand, shape));
  const index = new Array<number>(shape.length).fill(0);
  const offsets = operands.map(() => 0);
  const size = sizeOf(shape);
  for (let i = 0; i < size; i++) {
    visit(i, offsets);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) {
        for (let o = 0; o < offsets.length; o++) offsets[o] += strides[o][axis];
        break;
      }
      for (let o = 0; o < offsets.length; o++) offsets[o] -= strides[o][axis] * (shape[axis] - 1);
      index[axis] = 0;
    }
  }
}

/** Applies a binary operator; a plain number takes the other operand's element type. */
export function call2(operator: Operator, a: TensorLike, b: TensorLike): Tensor {
  const dtype = isTensor(a) ? a.dtype : isTensor(b) ? b.dtype : 'float32';
  return apply(operator, [toTensor(a, dtype), toTensor(b, dtype)], {})[0];
}

export const call1 = (operator: Operator, x: TensorLike): Tensor => apply(operator, [toTensor(x)], {})[0];

