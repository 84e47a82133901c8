/** Operators of two operands that broadcast, and of any number of them. */
import {
  add,
  bitwiseAnd,
  bitwiseLeftShift,
  bitwiseOr,
  bitwiseRightShift,
  bitwiseXor,
  cast,
  divide,
  equal,
  fmod,
  greater,
  greaterEqual,
  isFloat,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  logicalXor,
  maximum,
  minimum,
  multiply,
  pow,
  remainder,
  subtract,
  where,
  type Tensor,
} from '@gradus/graph';
import { operands } from '../operands.js';
import type { Rule, Rules } from '../rule.js';

type Binary = (a: Tensor, b: Tensor) => Tensor;

const binary =
  (fn: Binary): Rule =>
  (call) =>
    fn(...operands(call));

const variadic =
  (fn: Binary): Rule =>
  (call) =>
    call.tensors().reduce(fn);

/** The power has the type of the base. Of integers it is computed in float64: exact up to 2^53. */
function power(a: Tensor, b: Tensor): Tensor {
  if (isFloat(a.dtype)) return pow(a, cast(b, a.dtype));
  return cast(pow(cast(a, 'float64'), cast(b, 'float64')), a.dtype);
}

export const rules: Rules = {
  Add: binary(add),
  And: binary(logicalAnd),
  BitShift: (call) => (call.string('direction') === 'LEFT' ? bitwiseLeftShift : bitwiseRightShift)(call.input(0), call.input(1)),
  BitwiseAnd: binary(bitwiseAnd),
  BitwiseOr: binary(bitwiseOr),
  BitwiseXor: binary(bitwiseXor),
  Div: binary(divide),
  Equal: binary(equal),
  Greater: binary(greater),
  GreaterOrEqual: binary(greaterEqual),
  Less: binary(less),
  LessOrEqual: binary(lessEqual),
  Max: variadic(maximum),
  Mean: (call) => divide(call.tensors().reduce(add), call.values.length),
  Min: variadic(minimum),
  Mod: (call) => (call.int('fmod', 0) === 1 ? fmod : remainder)(call.input(0), call.input(1)),
  Mul: binary(multiply),
  Or: binary(logicalOr),
  Pow: binary(power),
  Sub: binary(subtract),
  Sum: variadic(add),
  Where: (call) => where(call.input(0), call.input(1), call.input(2)),
  Xor: binary(logicalXor),
};
