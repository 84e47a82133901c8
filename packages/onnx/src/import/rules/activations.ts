/** Activations with coefficients in their attributes. */
import {
  celu,
  elu,
  gelu,
  greater,
  hardSigmoid,
  hardSwish,
  isinf,
  leakyRelu,
  less,
  logicalAnd,
  mish,
  multiply,
  prelu,
  shrink,
  sigmoid,
  thresholdedRelu,
  zeros,
  type Tensor,
} from '@gradus/graph';
import type { Call } from '../call.js';
import { operands } from '../operands.js';
import { trailingOnes } from '../axes.js';
import type { Rules } from '../rule.js';

/** gamma elu(x, alpha) (Klambauer et al., 2017). The first operator set had fewer digits. */
function selu(call: Call): Tensor {
  const alpha = call.float('alpha', call.version < 6 ? 1.6732 : 1.67326319217681884765625);
  const gamma = call.float('gamma', call.version < 6 ? 1.0507 : 1.05070102214813232421875);
  return multiply(elu(call.input(0), alpha), gamma);
}

/** The slope below zero: before operator set 7 one value per channel, since then broadcast from the right. */
function slopes(call: Call): [Tensor, Tensor] {
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
  Celu: (call) => celu(call.input(0), call.float('alpha', 1)),
  Elu: (call) => elu(call.input(0), call.float('alpha', 1)),
  Gelu: (call) => gelu(call.input(0), { approximate: call.string('approximate', 'none') === 'tanh' ? 'tanh' : 'none' }),
  HardSigmoid: (call) => hardSigmoid(call.input(0), { alpha: call.float('alpha', 0.2), beta: call.float('beta', 0.5) }),
  HardSwish: (call) => hardSwish(call.input(0)),
  IsInf: isInfinite,
  LeakyRelu: (call) => leakyRelu(call.input(0), call.float('alpha', 0.01)),
  Mish: (call) => mish(call.input(0)),
  PRelu: (call) => prelu(...slopes(call)),
  Selu: selu,
  Shrink: (call) => shrink(call.input(0), { bias: call.float('bias', 0), lambd: call.float('lambd', 0.5) }),
  Swish: (call) => multiply(call.input(0), sigmoid(multiply(call.input(0), call.float('alpha', 1)))),
  ThresholdedRelu: (call) => thresholdedRelu(call.input(0), call.float('alpha', 1)),
};
