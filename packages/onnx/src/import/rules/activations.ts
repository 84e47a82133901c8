/** Activations that ONNX has and that are a few functions each. */
import {
  add,
  clip,
  divide,
  exp,
  greater,
  isinf,
  less,
  logicalAnd,
  maximum,
  minimum,
  multiply,
  prelu,
  subtract,
  where,
  zeros,
  type Tensor,
} from '@gradus/graph';
import type { Call } from '../call.js';
import { operands } from '../operands.js';
import { trailingOnes } from '../axes.js';
import type { Rules } from '../rule.js';

const expMinusOne = (x: Tensor): Tensor => subtract(exp(x), 1);

/** x + alpha (e^(x / alpha) - 1) below zero, x above (Barron, 2017). */
function celu(call: Call): Tensor {
  const [x, alpha] = [call.input(0), call.float('alpha', 1)];
  return add(maximum(x, 0), minimum(multiply(expMinusOne(divide(x, alpha)), alpha), 0));
}

/** gamma x above zero, gamma alpha (e^x - 1) below (Klambauer et al., 2017). The defaults are those of operator set 6. */
function selu(call: Call): Tensor {
  const x = call.input(0);
  const alpha = call.float('alpha', call.version < 6 ? 1.6732 : 1.67326319217681884765625);
  const gamma = call.float('gamma', call.version < 6 ? 1.0507 : 1.05070102214813232421875);
  // e^x of a large x would be infinite, and its gradient NaN.
  const below = multiply(expMinusOne(minimum(x, 0)), alpha);
  return multiply(where(greater(x, 0), x, below), gamma);
}

const hardSigmoid = (x: Tensor, alpha: number, beta: number): Tensor => clip(add(multiply(x, alpha), beta), 0, 1);

/** Values between -lambd and lambd become 0, the others move towards 0 by `bias`. */
function shrink(call: Call): Tensor {
  const [x, bias, lambd] = [call.input(0), call.float('bias', 0), call.float('lambd', 0.5)];
  return where(less(x, -lambd), add(x, bias), where(greater(x, lambd), subtract(x, bias), zeros([], x.dtype)));
}

/** The slope below zero, with one value per channel before operator set 7 and broadcasting from the right since. */
function slopeOf(call: Call): [Tensor, Tensor] {
  const [x, slope] = operands(call);
  const perChannel = call.version < 7 && slope.shape.length === 1 && slope.shape[0] > 1;
  return [x, perChannel ? trailingOnes(slope, x.shape.length - 1) : slope];
}

function isInfinite(call: Call): Tensor {
  const x = call.input(0);
  const [positive, negative] = [call.int('detect_positive', 1), call.int('detect_negative', 1)];
  if (positive && negative) return isinf(x);
  if (!positive && !negative) return zeros(x.shape, 'bool');
  return logicalAnd(isinf(x), positive ? greater(x, 0) : less(x, 0));
}

export const rules: Rules = {
  Celu: celu,
  HardSigmoid: (call) => hardSigmoid(call.input(0), call.float('alpha', 0.2), call.float('beta', 0.5)),
  HardSwish: (call) => multiply(call.input(0), hardSigmoid(call.input(0), 1 / 6, 0.5)),
  IsInf: isInfinite,
  LeakyRelu: (call) => prelu(call.input(0), call.float('alpha', 0.01)),
  PRelu: (call) => prelu(...slopeOf(call)),
  Selu: selu,
  Shrink: shrink,
  ThresholdedRelu: (call) => where(greater(call.input(0), call.float('alpha', 1)), call.input(0), zeros([], call.input(0).dtype)),
};
