/** Normalisation layers. */
import {
  add,
  divide,
  mean,
  multiply,
  normalizeAxis,
  pad,
  pow,
  reciprocal,
  reduceL1,
  reduceL2,
  reshape,
  slice,
  sqrt,
  square,
  subtract,
  variance,
  type Tensor,
} from '@gradus/graph';
import { along } from '../axes.js';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

const range = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i);

/** Every axis but the channels'. */
const besideChannels = (x: Tensor): number[] => [0, ...range(2, x.shape.length)];

const perChannel = (x: Tensor, rank: number): Tensor => (x.shape.length === 1 ? along(x, 1, rank) : reshape(x, [1, ...x.shape]));

/** (x - mean) / sqrt(variance + epsilon), and the mean and the factor. */
function standardized(x: Tensor, axes: readonly number[], epsilon: number): [Tensor, Tensor, Tensor] {
  const center = mean(x, { axes, keepDims: true });
  const factor = reciprocal(sqrt(add(variance(x, { axes, keepDims: true }), epsilon)));
  return [multiply(subtract(x, center), factor), center, factor];
}

/** Ba, Kiros & Hinton, 2016. Outputs: the result, the mean, the reciprocal of the deviation. */
function layerNorm(call: Call): Tensor[] {
  const x = call.input(0);
  const axes = range(normalizeAxis('LayerNormalization', call.int('axis', -1), x.shape.length), x.shape.length);
  const [normal, center, factor] = standardized(x, axes, call.float('epsilon', 1e-5));
  const scaled = multiply(normal, call.input(1));
  return [call.has(2) ? add(scaled, call.input(2)) : scaled, center, factor];
}

/**
 * Ioffe & Szegedy, 2015. Trained (operator set 14 on), it normalises by the batch and gives new running statistics; before set 7
 * models that are not to be trained say so with `is_test`.
 */
function batchNorm(call: Call): Tensor[] {
  const [x, scale, bias, runningMean, runningVariance] = call.tensors();
  const rank = x.shape.length;
  const training = call.version >= 14 ? call.int('training_mode', 0) === 1 : call.version < 7 && call.int('is_test', 0) === 0;
  if (training && call.version < 14) throw call.unsupported('training mode before operator set 14');
  const axes = besideChannels(x);
  const [center, spread] = training ? [mean(x, { axes }), variance(x, { axes })] : [runningMean, runningVariance];
  const factor = divide(scale, sqrt(add(spread, call.float('epsilon', 1e-5))));
  const y = add(multiply(subtract(x, perChannel(center, rank)), perChannel(factor, rank)), perChannel(bias, rank));
  const momentum = call.float('momentum', 0.9);
  const running = (old: Tensor, current: Tensor): Tensor => add(multiply(old, momentum), multiply(current, 1 - momentum));
  return training ? [y, running(runningMean, center), running(runningVariance, spread)] : [y];
}

/** Ulyanov, Vedaldi & Lempitsky, 2016. */
function instanceNorm(call: Call): Tensor {
  const [x, scale, bias] = call.tensors();
  const rank = x.shape.length;
  const [normal] = standardized(x, range(2, rank), call.float('epsilon', 1e-5));
  return add(multiply(normal, perChannel(scale, rank)), perChannel(bias, rank));
}

/** Wu & He, 2018. Scale and bias are per group before operator set 21, per channel since. */
function groupNorm(call: Call): Tensor {
  const [x, scale, bias] = call.tensors();
  const [batch, channels] = x.shape;
  const groups = call.int('num_groups')!;
  const grouped = reshape(x, [batch, groups, -1]);
  const [normal] = standardized(grouped, [2], call.float('epsilon', 1e-5));
  if (scale.shape[0] !== channels) return reshape(add(multiply(normal, along(scale, 1, 3)), along(bias, 1, 3)), x.shape);
  const rank = x.shape.length;
  return add(multiply(reshape(normal, x.shape), along(scale, 1, rank)), along(bias, 1, rank));
}

/** Each element over a power of the sum of squares of `size` channels around it (Krizhevsky, Sutskever & Hinton, 2012). */
function localResponse(call: Call): Tensor {
  const x = call.input(0);
  const size = call.int('size')!;
  const before = Math.floor((size - 1) / 2);
  const channels = x.shape[1];
  const squares = pad(square(x), { axis: 1, before, after: size - 1 - before });
  const total = range(0, size)
    .map((start) => slice(squares, { axis: 1, start, stop: start + channels }))
    .reduce(add);
  const alpha = call.float('alpha', 1e-4) / size;
  return divide(x, pow(add(multiply(total, alpha), call.float('bias', 1)), call.float('beta', 0.75)));
}

/** The tests of ONNX add 1e-9 to the deviation; the function of operator set 13 has it too. */
function meanVariance(call: Call): Tensor {
  const x = call.input(0);
  const axes = call.ints('axes') ?? [0, 2, 3];
  const deviation = sqrt(variance(x, { axes, keepDims: true }));
  return divide(subtract(x, mean(x, { axes, keepDims: true })), add(deviation, 1e-9));
}

/** Zhang & Sennrich, 2019. */
function rmsNorm(call: Call): Tensor {
  const x = call.input(0);
  const axes = range(normalizeAxis('RMSNormalization', call.int('axis', -1), x.shape.length), x.shape.length);
  const root = sqrt(add(mean(square(x), { axes, keepDims: true }), call.float('epsilon', 1e-5)));
  return multiply(divide(x, root), call.input(1));
}

function unitNorm(call: Call): Tensor {
  const norm = call.int('p', 2) === 1 ? reduceL1 : reduceL2;
  return divide(call.input(0), norm(call.input(0), { axes: [call.int('axis', -1)], keepDims: true }));
}

export const rules: Rules = {
  BatchNormalization: batchNorm,
  GroupNormalization: groupNorm,
  InstanceNormalization: instanceNorm,
  LRN: localResponse,
  LayerNormalization: layerNorm,
  LpNormalization: unitNorm,
  MeanVarianceNormalization: meanVariance,
  RMSNormalization: rmsNorm,
};
