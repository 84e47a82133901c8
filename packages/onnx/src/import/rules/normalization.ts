/** Normalisation layers. */
import {
  add,
  apply,
  batchNorm,
  batchNormTraining,
  broadcastTo,
  divide,
  groupNorm,
  instanceNorm,
  LayerNormalization,
  localResponseNorm,
  meanVarianceNormalization,
  multiply,
  normalizeAxis,
  reduceL1,
  reduceL2,
  repeat,
  rmsNorm,
  sizeOf,
  stopGradient,
  zeros,
  type Tensor,
} from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

const epsilonOf = (call: Call): number => call.float('epsilon', 1e-5);

/** Scale and bias may be broadcast to the normalised axes. Outputs: the result, the mean, the reciprocal of the deviation. */
function layer(call: Call): readonly Tensor[] {
  const [x, scale, bias] = call.tensors();
  const axis = normalizeAxis('LayerNormalization', call.int('axis', -1), x.shape.length);
  const own = x.shape.slice(axis);
  const shift = bias === undefined ? zeros(own, x.dtype) : broadcastTo(bias, own);
  return apply(LayerNormalization, [x, broadcastTo(scale, own), shift], { axis, epsilon: epsilonOf(call) });
}

/**
 * As the file says: by the batch where it is trained (operator set 14 on; before set 7 models that are not to be trained say so with
 * `is_test`), by the running statistics elsewhere. In a network that is trained: by the batch where the network says so.
 */
function batch(call: Call): Tensor[] {
  const [x, scale, bias, runningMean, runningVariance] = call.tensors();
  const epsilon = epsilonOf(call);
  const { mode } = call;
  const [mean, variance] = call.node.inputs.slice(3);
  const told = call.version >= 14 ? call.int('training_mode', 0) === 1 : call.version < 7 && call.int('is_test', 0) === 0;
  const training = mode === null ? told : mode.training && mode.follows(mean) && mode.follows(variance);
  if (!training) {
    const y = batchNorm(x, { mean: runningMean, variance: runningVariance }, { scale, bias, epsilon });
    return [y, runningMean, runningVariance];
  }
  if (mode === null && call.version < 14) throw call.unsupported('training mode before operator set 14');
  if (mode !== null && call.inBody) {
    throw call.unsupported('training inside of a loop or a branch', 'Leave its scale and bias out of what is trained.');
  }
  const current = batchNormTraining(x, { scale, bias, epsilon });
  const momentum = call.float('momentum', 0.9);
  const running = (old: Tensor, now: Tensor): Tensor => add(multiply(old, momentum), multiply(now, 1 - momentum));
  if (mode === null) return [current.y, running(runningMean, current.mean), running(runningVariance, current.variance)];
  // As PyTorch keeps it, and batchNormalization() of @gradus/nn: the variance of the population.
  const count = sizeOf(x.shape) / x.shape[1];
  if (count < 2) throw call.unsupported('one number per channel, which has no variance', 'Train with batches of two samples or more.');
  const means = running(runningMean, stopGradient(current.mean));
  const variances = running(runningVariance, stopGradient(multiply(current.variance, count / (count - 1))));
  mode.follow(mean, means);
  mode.follow(variance, variances);
  return [current.y, means, variances];
}

/** Scale and bias are per channel; before operator set 21 per group. */
function group(call: Call): Tensor {
  const [x, scale, bias] = call.tensors();
  const groups = call.count('num_groups');
  const perChannel = (y: Tensor): Tensor => (call.version < 21 ? repeat(y, x.shape[1] / groups) : y);
  return groupNorm(x, groups, { scale: perChannel(scale), bias: perChannel(bias), epsilon: epsilonOf(call) });
}

function instance(call: Call): Tensor {
  const [x, scale, bias] = call.tensors();
  return instanceNorm(x, { scale, bias, epsilon: epsilonOf(call) });
}

function localResponse(call: Call): Tensor {
  const [alpha, beta, bias] = [call.float('alpha', 1e-4), call.float('beta', 0.75), call.float('bias', 1)];
  return localResponseNorm(call.input(0), call.count('size'), { alpha, beta, bias });
}

function unit(call: Call): Tensor {
  const norm = call.int('p', 2) === 1 ? reduceL1 : reduceL2;
  return divide(call.input(0), norm(call.input(0), { axes: [call.int('axis', -1)], keepDims: true }));
}

export const rules: Rules = {
  BatchNormalization: batch,
  GroupNormalization: group,
  InstanceNormalization: instance,
  LRN: localResponse,
  LayerNormalization: layer,
  LpNormalization: unit,
  MeanVarianceNormalization: (call) => meanVarianceNormalization(call.input(0), { axes: call.ints('axes') }),
  RMSNormalization: (call) => rmsNorm(call.input(0), { axis: call.int('axis', -1), scale: call.input(1), epsilon: epsilonOf(call) }),
};
