/** What operators say about operands they do not take, and what engines cannot be asked to reproduce. */
import { describe, expect, it } from 'vitest';
import { trace } from './graph.js';
import { withElementLimit } from './operator.js';
import { normal } from './random/normal.js';
import { uniform } from './random/uniform.js';
import { asarray, scalar, zeros, type NDArray } from './ndarray.js';
import {
  operators as ops,
  add,
  argmax,
  bitwiseAnd,
  broadcastTo,
  cast,
  clip,
  concat,
  divide,
  equal,
  exp,
  logicalNot,
  matmul,
  max,
  mean,
  multiply,
  negative,
  pad,
  pow,
  reshape,
  gatherND,
  scatterElements,
  scatterND,
  splitAxis,
  sign,
  slice,
  softplus,
  subtract,
  sum,
  take,
  takeAlongAxis,
  topK,
  transpose,
  where,
} from './ops/index.js';
import type { Tensor } from './tensor.js';

const f = (...shape: number[]): NDArray => zeros(shape);
const i32 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'int32' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();

describe('shape errors', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'broadcast',
      () => add(f(2, 3), f(4)),
      /^Add: shapes do not broadcast. Received: float32\[2, 3\] and float32\[4\]. Expected: equal sizes, or 1/,
    ],
    ['where', () => where(asarray([true, false]), f(3), 0), /Where: shapes do not broadcast.*bool\[2\] and float32\[3\] and float32\[\]/],
    ['matmul inner', () => matmul(f(2, 3), f(4, 5)), /MatMul: inner sizes 3 and 4 differ.*float32\[2, 3\] and float32\[4, 5\]/],
    ['matmul batch', () => matmul(f(2, 1, 3), f(4, 3, 5)), /MatMul: leading axes do not broadcast.*\[2, 1, 3\] and float32\[4, 3, 5\]/],
    ['matmul scalar', () => matmul(f(), f(2, 5)), /MatMul: a scalar is no matrix.*float32\[\] and float32\[2, 5\].*multiply\(\)/],
    ['slice step', () => slice(f(5), { step: 0 }), /Slice: no elements from undefined to undefined by 0 on axis 0.*a step other than 0/],
    ['slice backwards', () => slice(f(5), { start: 1, stop: 3, step: -1 }), /Slice: no elements from 1 to 3 by -1 on axis 0.*start >= stop/],
    ['pad reflect', () => pad(f(3), { before: 3, mode: 'reflect' }), /Pad: mode reflect cannot add 3 before and 0 after axis 0.*at most 2/],
    ['pad edge', () => pad(f(0), { after: 1, mode: 'edge' }), /Pad: mode edge cannot add 0 before and 1 after axis 0.*at most 0/],
    ['pad wrap', () => pad(f(0), { after: 1, mode: 'wrap' }), /Pad: mode wrap cannot add 0 before and 1 after axis 0/],
    ['pad pairs', () => pad(f(2, 3), { pads: [[1, 1]] }), /Pad: 1 pairs of amounts.*each of its 2 axes/],
    ['split sizes', () => splitAxis(f(5), [2, 2]), /Split: axis 0 does not split into \[2, 2\].*add up to 5/],
    ['split parts', () => splitAxis(f(5), 2), /Split: axis 0 does not split into 2 equal parts.*divisor of 5/],
    ['gatherND depth', () => gatherND(f(2, 3), i32([[0, 0, 0]])), /GatherND: indices do not fit.*1 to 2 indices/],
    ['scatterND updates', () => scatterND(f(2, 3), i32([[0]]), f(1, 2)), /ScatterND: indices and updates do not fit.*float32\[1, 2\]/],
    ['reshape', () => reshape(f(2, 3), [4]), /Reshape: cannot become \[4\].*float32\[2, 3\].*6 elements/],
    ['reshape -1', () => reshape(f(2, 3), [-1, 4]), /Reshape: cannot become \[-1, 4\].*float32\[2, 3\]/],
    ['reshape twice -1', () => reshape(f(2, 3), [-1, -1]), /at most once/],
    ['expand', () => broadcastTo(f(2), [3]), /Expand: does not broadcast to \[3\].*float32\[2\]/],
    ['expand to less', () => broadcastTo(f(2, 2), [2]), /Expand: does not broadcast to \[2\]/],
    ['expand to nonsense', () => broadcastTo(f(1), [-1]), /Expand: not a shape.*\[-1\]/],
    ['concat', () => concat([f(2, 3), f(2, 4)]), /Concat: parts differ beside axis 0.*float32\[2, 3\] and float32\[2, 4\]/],
    ['concat nothing', () => concat([]), /Concat: nothing to join/],
    ['slice', () => slice(f(5), { start: 3, stop: 2 }), /Slice: no elements from 3 to 2 on axis 0.*float32\[5\]/],
    ['pad', () => pad(f(5), { before: -1 }), /Pad: cannot add -1 before and 0 after.*float32\[5\].*slice\(\)/],
    ['transpose', () => transpose(f(2, 3), [0]), /Transpose: \[0\] does not order its axes.*float32\[2, 3\]/],
    ['transpose twice', () => transpose(f(2, 3), [1, -1]), /Transpose: \[1, 1\]/],
    ['top-k', () => topK(f(3), 4), /TopK: cannot take 4 of 3.*float32\[3\]/],
    ['argmax', () => argmax(f(2, 0)), /ArgMax: axis 1 is empty.*float32\[2, 0\]/],
    ['clip', () => clip(f(3), f(3), 1), /Clip: bounds must be scalars.*float32\[3\] and float32\[3\] and float32\[\]/],
    ['gather elements', () => takeAlongAxis(f(2, 3), i32([0])), /GatherElements: indices do not fit.*float32\[2, 3\] and int32\[1\]/],
    [
      'scatter',
      () => scatterElements(f(3), i32([0]), f(2)),
      /ScatterElements: indices and updates do not fit.*float32\[3\] and int32\[1\] and float32\[2\]/,
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow('SHAPE_MISMATCH');
  });

  it('come as early in a trace as outside', () => {
    expect(() => trace((x: Tensor) => add(x, f(4)), f(2, 3))).toThrow(/Add: shapes do not broadcast/);
  });
});

describe('type errors', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'mixed',
      () => add(f(2), asarray([1, 2], { dtype: 'float64' })),
      /Add: operands of different element types.*float32\[2\] and float64\[2\].*cast\(x, 'float32'\)/,
    ],
    ['float of int', () => exp(i32([1])), /Exp does not take the input of type int32.*float32 or float64.*cast\(x, 'float32'\)/],
    ['int of float', () => bitwiseAnd(f(1), f(1)), /BitwiseAnd does not take operands of type float32.*int32 or int64 or uint32/],
    ['bool of float', () => logicalNot(f(1)), /Not does not take.*bool/],
    ['condition', () => where(f(1), 1, 2), /Where does not take a condition of type float32/],
    ['indices', () => take(f(3), f(1)), /Gather does not take indices of type float32.*int32 or int64/],
    ['fraction', () => multiply(i32([1]), 0.5), /int32 cannot hold this one. Received: 0.5.*cast\(x, 'float32'\)/],
    ['NaN', () => add(asarray([1n]), NaN), /int64 cannot hold this one. Received: NaN/],
    ['cast', () => cast(f(1), 'float16' as never), /Cast does not take a target of type float16/],
    ['sum of bool', () => sum(asarray([true])), /ReduceSum does not take the input of type bool/],
    [
      'scatter sums of bool',
      () => scatterElements(asarray([true]), i32([0]), asarray([true]), { reduction: 'add' }),
      /ScatterElements does not take sums, products or extremes of type bool/,
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow('DTYPE_MISMATCH');
  });

  it('name an operand that is no tensor', () => {
    expect(() => matmul(f(2, 2), 3 as never)).toThrow(/MatMul: operand 2 is not a tensor.*number.*asarray\(\).*INVALID_ARGUMENT/);
    const params: Record<string, Tensor> = { weight: f(2, 2) };
    expect(() => matmul(f(2, 2), params.wieght)).toThrow(/MatMul: operand 2.*undefined.*names of parameters.*operator.test.ts.*INVALID_ARGUMENT/);
  });

  it('never take a missing operand or a list for a number', () => {
    const params: Record<string, Tensor> = {};
    expect(() => add(f(2), params.bias)).toThrow(/not a tensor.*undefined.*a number.*names of parameters.*operator.test.ts.*INVALID_ARGUMENT/);
    expect(() => multiply([1, 2] as never, 3)).toThrow(/a list.*asarray\(\).*INVALID_ARGUMENT/);
    expect(() => where(asarray(true), f(2), null as never)).toThrow(/null.*INVALID_ARGUMENT/);
    expect(() => exp('1' as never)).toThrow(/string.*INVALID_ARGUMENT/);
  });

  it('beside floats suggest to convert the whole numbers', () => {
    expect(() => matmul(i32([[1]]), f(1, 1))).toThrow(/int32\[1, 1\] and float32\[1, 1\].*cast\(x, 'float32'\)/);
  });

  it('are told of keys', () => {
    for (const draw of [normal, uniform]) {
      expect(() => draw(7 as never, [2])).toThrow(/want a key first.*number.*uint32\[2\].*randomKey\(seed\).*INVALID_ARGUMENT/);
      expect(() => draw([2] as never, undefined as never)).toThrow(/want a key first.*object.*INVALID_ARGUMENT/);
    }
  });

  it('tell that a symbol has no value for the operators of JavaScript', () => {
    const traced = (fn: (x: never) => unknown) => () => trace((x: Tensor) => { fn(x as never); return x; }, { x: f(2) }.x);
    for (const use of [(x: number) => x > 0, (x: number) => x + 1, (x: number) => -x, (x: number) => Math.max(x, 0)]) {
      expect(traced(use)).toThrow(/no value yet.*float32\[2\].*add\(a, b\).*operator.test.ts.*INVALID_ARGUMENT/);
    }
    expect(traced((x) => expect(`${x as string}`).toBe('float32[2]'))).not.toThrow();
  });
});

describe('numbers and booleans beside tensors', () => {
  it('take the tensor type', () => {
    expect(add(i32([1]), 2)).toMatchObject({ dtype: 'int32' });
    expect(add(1, asarray([1], { dtype: 'float64' }))).toMatchObject({ dtype: 'float64' });
    expect(read(add(asarray([1]), true))).toEqual([2]);
    expect(read(where(asarray([true, false]), asarray([true, true]), false))).toEqual([true, false]);
    expect(read(equal(asarray([true, false]), 5))).toEqual([true, false]);
    expect(add(1, 2)).toMatchObject({ dtype: 'float32' });
    expect(equal(true, false)).toMatchObject({ dtype: 'bool' });
  });
});

describe('reductions', () => {
  it('are known by name', () => {
    const reduction = 'mean' as never;
    for (const call of [() => scatterElements(f(3), i32([0]), f(1), { reduction }), () => scatterND(f(3), i32([[0]]), f(1), { reduction })]) {
      expect(call).toThrow(/no such reduction. Received: mean. Expected: none, add, mul, max, min.*INVALID_ARGUMENT/);
    }
  });
});

describe('indices', () => {
  it('outside the axis are refused', () => {
    for (const call of [() => take(f(3), i32([3])), () => takeAlongAxis(f(3), i32([-4])), () => scatterElements(f(3), i32([3]), f(1))]) {
      expect(call).toThrow(/index lies outside the axis.*(3|-4).*from -3 to 2.*INDEX_OUT_OF_RANGE/);
    }
  });
});

describe('integers', () => {
  it('are not divided by zero', () => {
    expect(() => divide(i32([1, 2]), i32([1, 0]))).toThrow(/Div: an integer divided by zero.*2 \/ 0.*DIVISION_BY_ZERO/);
    expect(() => divide(asarray([7n]), asarray([0n]))).toThrow(/7 \/ 0.*DIVISION_BY_ZERO/);
    expect(() => divide(asarray(Uint32Array.of(7)), asarray(Uint32Array.of(0)))).toThrow('DIVISION_BY_ZERO');
    expect(read(divide(i32([-2147483648]), i32([-1])))).toEqual([-2147483648]);
  });

  it('wrap when summed', () => {
    expect(read(sum(i32([2147483647, 1])))).toBe(-2147483648);
    expect((sum(asarray([9007199254740992n, 1n])) as NDArray).data[0]).toBe(9007199254740993n);
  });
});

describe('where engines differ, the interpreter', () => {
  it('lets NaN win every maximum', () => {
    expect(read(max(asarray([[1, NaN], [NaN, 1]]), { axes: 1 }))).toEqual([NaN, NaN]);
  });

  it('has NaN as the mean of nothing', () => {
    expect(read(mean(f(2, 0), { axes: 1 }))).toEqual([NaN, NaN]);
  });

  it('does not overflow in softplus of float64', () => {
    expect(read(softplus(asarray([800, -800], { dtype: 'float64' })))).toEqual([800, 0]);
  });

  it('orders NaN last in topK', () => {
    expect(read(topK(asarray([NaN, 1, 3, NaN, 2]), 5).indices)).toEqual([2, 4, 1, 0, 3]);
    expect(read(topK(asarray([NaN, 1, 3, NaN, 2]), 5, { largest: false }).indices)).toEqual([1, 4, 2, 0, 3]);
  });

  it('keeps the sign of zero', () => {
    expect(Object.is((negative(scalar(0)) as NDArray).data[0], -0)).toBe(true);
    expect(Object.is((sign(scalar(-0)) as NDArray).data[0], -0)).toBe(true);
  });
});

describe('kernels', () => {
  it('take empty tensors', () => {
    const chosen = where(asarray([], { dtype: 'bool' }), 1, f(0));
    for (const y of [chosen, add(f(0), f(1)), add(f(0, 3), f(3)), exp(f(2, 0)), subtract(f(0), 1), pow(f(0), 2)]) {
      expect((y as NDArray).size).toBe(0);
    }
    expect(read(matmul(f(2, 0), f(0, 2)))).toEqual([[0, 0], [0, 0]]);
    expect(matmul(f(0, 2), f(2, 3)).shape).toEqual([0, 3]);
    expect(transpose(f(0, 2)).shape).toEqual([2, 0]);
    expect(take(f(3, 2), asarray([], { dtype: 'int32' })).shape).toEqual([0, 2]);
  });

  it('write the zero sizes of a shape so that ONNX takes them as such', () => {
    expect(ops.Reshape.onnx!({ shape: [0, 5] }, [], []).attributes).toEqual({ allowzero: { int: 1 } });
    expect(ops.Reshape.onnx!({ shape: [5] }, [], []).attributes).toBeUndefined();
  });
});

describe('within a limit of elements', () => {
  it('nothing larger is computed at once, and symbols are not meant', () => {
    expect(() => withElementLimit(6, () => broadcastTo(f(1), [2, 4]))).toThrow(/Expand would be larger.*\[2, 4\]: 8 elements.*6 elements at most.*TOO_LARGE/);
    expect(withElementLimit(8, () => broadcastTo(f(1), [2, 4]).shape)).toEqual([2, 4]);
    withElementLimit(6, () => expect(trace((x: Tensor) => broadcastTo(x, [2, 4]), f(1)).graph.nodes).toHaveLength(1));
  });

  it('the limit ends with the function, by an error too', () => {
    expect(() => withElementLimit(6, () => withElementLimit(2, () => broadcastTo(f(1), [4])))).toThrow('2 elements at most');
    expect(broadcastTo(f(1), [2, 4]).shape).toEqual([2, 4]);
  });
});
