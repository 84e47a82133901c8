/** Factories for elementwise operators: one number in or two, NumPy broadcasting, one output. */
import { alignedForBroadcast } from './batching.js';
import { dtypes, FLOATS, isFloat, NUMBERS, type DType, type TensorSpec } from './dtype.js';
import { NDArray } from './ndarray.js';
import { apply, requireDType, requireSameDType, shapeError, type OnnxForm, type Operator } from './operator.js';
import { broadcastShapes, broadcastStrides, sizeOf, type Shape } from './shape.js';
import { isTensor, toTensor, type Tensor, type TensorLike } from './tensor.js';
import { unbroadcast } from './unbroadcast.js';
import { narrow, wideArray, widen } from './wide.js';

/** Arithmetic of one element. An operator that takes `int64` gets bigints here too, so it uses only what works on both. */
type Compute2 = (a: number, b: number) => number | boolean;

/**
 * A float operator's own loop: V8 compiles it for that operator alone, and it runs several times as fast as one loop for all
 * operators that calls `compute`. For those that training leans on; storing an element rounds it to float32 where `out` is that.
 */
type Loop1 = (out: Float64Array, x: Float64Array) => void;
/** One row: elements `i` to `end` of `out`, from those of a from `p` on and of b from `q` on. */
type Loop2 = (
  out: Float64Array,
  i: number,
  end: number,
  a: Float64Array,
  p: number,
  stepA: number,
  b: Float64Array,
  q: number,
  stepB: number,
) => void;

interface UnaryRules {
  readonly types?: readonly DType[];
  /** Gradient of the input from the input, the output and the output's cotangent. */
  readonly gradient?: (x: Tensor, y: Tensor, g: Tensor) => Tensor;
  /** Element type of the output; default: the input's. */
  readonly result?: DType;
}

/** With `compute`, or, for an operator of floats only, with a loop of its own. */
type Unary = UnaryRules & ({ readonly compute: (x: number) => number | boolean } | { readonly loop: Loop1 });

/** An operator of one operand. Default element types: floats. */
export function unary(name: string, options: Unary): Operator {
  const { types = FLOATS, gradient, result } = options;
  const operator: Operator = {
    name,
    infer([x]) {
      requireDType(name, x, types);
      return [{ dtype: result ?? x.dtype, shape: x.shape }];
    },
    kernel([x], _, [spec]) {
      if ('loop' in options) {
        const data = dtypes[spec.dtype].allocate(x.size);
        options.loop(data as Float64Array, x.data as Float64Array);
        return [new NDArray(spec.dtype, spec.shape, data)];
      }
      const { compute } = options;
      const data = wideArray(spec.dtype, x.size);
      const from = widen(x.data);
      for (let i = 0; i < data.length; i++) data[i] = compute(from[i]) as number;
      return [new NDArray(spec.dtype, spec.shape, narrow(data, spec.dtype))];
    },
    gradient: gradient && (({ inputs: [x], outputs: [y], cotangent }) => [gradient(x, y, cotangent)]),
    batch: ({ inputs }) => apply(operator, inputs, {}),
  };
  return operator;
}

interface Binary {
  readonly types?: readonly DType[];
  readonly compute: Compute2;
  /** Gradients of both operands, of the output's shape; the factory sums them over broadcast axes. */
  readonly gradient?: (a: Tensor, b: Tensor, y: Tensor, g: Tensor) => readonly [Tensor | null, Tensor | null];
  readonly result?: DType;
  /** Replaces `compute` for integers (bigints for `int64`). */
  readonly integer?: (a: number, b: number) => number;
  /** Replaces `compute` for floats, and leaves it the integers. */
  readonly loop?: Loop2;
  readonly onnx?: OnnxForm;
}

/** An operator of two operands of one element type that broadcast. */
export function binary(name: string, options: Binary): Operator {
  const { types = NUMBERS, compute, integer, loop, gradient, result, onnx } = options;
  const operator: Operator = {
    name,
    infer(inputs) {
      requireSameDType(name, inputs);
      requireDType(name, inputs[0], types, 'operands');
      return [{ dtype: result ?? inputs[0].dtype, shape: broadcastOrThrow(name, inputs) }];
    },
    kernel([a, b], _, [spec]) {
      if (!isFloat(a.dtype)) return [map2(a, b, spec, integer ?? compute)];
      return [loop === undefined ? map2(a, b, spec, compute) : floats2(a, b, spec, loop)];
    },
    gradient:
      gradient &&
      (({ inputs: [a, b], outputs: [y], cotangent }) => {
        const [ga, gb] = gradient(a, b, y, cotangent);
        return [ga && unbroadcast(ga, a.shape), gb && unbroadcast(gb, b.shape)];
      }),
    batch: (context) => apply(operator, alignedForBroadcast(context), {}),
    onnx: onnx && (() => onnx),
  };
  return operator;
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
  const data = wideArray(spec.dtype, sizeOf(spec.shape));
  const [x, y] = [widen(a.data), widen(b.data)];
  eachRowOfTwo(a, b, spec.shape, (start, length, [from, from2], [step, step2]) => {
    for (let i = start, p = from, q = from2; i < start + length; i++, p += step, q += step2) data[i] = compute(x[p], y[q]) as number;
  });
  return new NDArray(spec.dtype, spec.shape, narrow(data, spec.dtype));
}

function floats2(a: NDArray, b: NDArray, spec: TensorSpec, loop: Loop2): NDArray {
  const data = dtypes[spec.dtype].allocate(sizeOf(spec.shape));
  const [out, x, y] = [data, a.data, b.data] as Float64Array[];
  eachRowOfTwo(a, b, spec.shape, (start, length, [p, q], [stepA, stepB]) => loop(out, start, start + length, x, p, stepA, y, q, stepB));
  return new NDArray(spec.dtype, spec.shape, data);
}

/** Operands that are whole or a single element need no axes: one long row. */
function eachRowOfTwo(a: NDArray, b: NDArray, shape: Shape, visit: Parameters<typeof eachRow>[2]): void {
  const size = sizeOf(shape);
  const flat = (a.size === size || a.size === 1) && (b.size === size || b.size === 1);
  if (flat) eachRow([size], [[a.size], [b.size]], visit);
  else eachRow(shape, [a.shape, b.shape], visit);
}

/**
 * Visits the rows (last axis) of `shape` in order: where the row starts and how long it is, where it starts in each broadcast
 * operand, and the step from one element to the next in each (0 where the operand is broadcast).
 */
export function eachRow(
  shape: Shape,
  operands: readonly Shape[],
  visit: (start: number, length: number, offsets: readonly number[], steps: readonly number[]) => void,
): void {
  const strides = operands.map((operand) => broadcastStrides(operand, shape));
  const last = shape.length - 1;
  const length = last < 0 ? 1 : shape[last];
  const steps = strides.map((s) => (last < 0 ? 0 : s[last]));
  const index = new Array<number>(shape.length).fill(0);
  const offsets = operands.map(() => 0);
  const size = sizeOf(shape);
  for (let start = 0; start < size; start += length) {
    visit(start, length, offsets, steps);
    for (let axis = last - 1; axis >= 0; axis--) {
      const wraps = ++index[axis] === shape[axis];
      for (let o = 0; o < offsets.length; o++) offsets[o] += strides[o][axis] * (wraps ? 1 - shape[axis] : 1);
      if (!wraps) break;
      index[axis] = 0;
    }
  }
}

/** Applies a binary operator; a plain number takes the other operand's element type. */
export function call2(operator: Operator, a: TensorLike, b: TensorLike): Tensor {
  const dtype = isTensor(a) ? a.dtype : isTensor(b) ? b.dtype : undefined;
  return apply(operator, [toTensor(a, dtype), toTensor(b, dtype)], {})[0];
}

export const call1 = (operator: Operator, x: TensorLike): Tensor => apply(operator, [toTensor(x)], {})[0];
