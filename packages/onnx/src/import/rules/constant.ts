/** Constants, and tensors made of a shape. */
import { arange, asarray, cast, checkElements, full, type NDArray, zeros, type DType } from '@gradus/graph';
import { toNDArray, readElementType, requireElementType } from '../../decode-tensor.js';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

function constant(call: Call): NDArray {
  const tensor = call.tensor('value');
  if (tensor !== undefined) return toNDArray(tensor);
  const [int, ints] = [call.bigints('value_int'), call.bigints('value_ints')];
  if (int !== undefined) return asarray(int, { dtype: 'int64', shape: [] });
  if (ints !== undefined) return asarray(ints, { dtype: 'int64', shape: [ints.length] });
  const [float, floats] = [call.float('value_float'), call.floats('value_floats')];
  if (float !== undefined) return asarray(float);
  if (floats !== undefined) return asarray(floats, { shape: [floats.length] });
  throw call.unsupported('a constant that is no dense tensor of numbers');
}

/** The element type that an attribute names. */
function dtypeAttribute(call: Call, name: string): DType | undefined {
  // The first operator set names types by words.
  const word = call.version < 6 ? call.string(name)?.toLowerCase() : undefined;
  const number = word === undefined ? call.int(name) : undefined;
  if (word === undefined && number === undefined) return undefined;
  const type = word === undefined ? readElementType(number!) : ({ float: 'float32', double: 'float64' }[word] ?? word);
  requireElementType(call.label, type as never);
  return type as DType;
}

function constantOfShape(call: Call): NDArray {
  const shape = call.numbers(0)!;
  checkElements('ConstantOfShape', shape);
  const value = call.tensor('value');
  if (value === undefined) return zeros(shape);
  const array = toNDArray(value);
  return full(shape, array.data[0], array.dtype);
}

/** Ones on a diagonal, `k` to the right of the main one. */
function eyeLike(call: Call): NDArray {
  const { shape, dtype } = call.input(0);
  checkElements('EyeLike', shape);
  const k = call.int('k', 0);
  const data = Array.from({ length: shape[0] * shape[1] }, (_, i) => ((i % shape[1]) - Math.floor(i / shape[1]) === k ? 1 : 0));
  return asarray(data, { dtype: dtypeAttribute(call, 'dtype') ?? dtype, shape });
}

function range(call: Call): NDArray {
  const [start, limit, delta] = [0, 1, 2].map((i) => call.array(i).item());
  checkElements('Range', [Math.max(0, Math.ceil((limit - start) / delta))]);
  return arange(start, limit, delta, call.array(0).dtype);
}

export const rules: Rules = {
  Cast: (call) => cast(call.input(0), dtypeAttribute(call, 'to')!),
  CastLike: (call) => cast(call.input(0), call.input(1).dtype),
  Constant: constant,
  ConstantOfShape: constantOfShape,
  EyeLike: eyeLike,
  Range: range,
};
