/** How much two states of the hidden layers agree. */
import { cast, divide, equal, mean, multiply, notEqual, ones, sqrt, sum, where, type Tensor } from '@gradus/graph';
import { sgn } from '../sgn.js';
import type { LocalMetric } from './local-metric.js';
import { overHidden } from './over-hidden.js';

/** The mean over samples of a · b / |a| |b|, the cosine between two states `[batch, …]`; 0 where one of them is 0. */
function cosine(a: Tensor, b: Tensor): Tensor {
  const axes = a.shape.slice(1).map((_, i) => 1 + i);
  const dot = (x: Tensor, y: Tensor): Tensor => sum(multiply(x, y), { axes });
  const lengths = sqrt(multiply(dot(a, a), dot(b, b)));
  return mean(divide(dot(a, b), where(equal(lengths, 0), ones([], a.dtype), lengths)));
}

/**
 * `overlap`: the cosine between the hidden states at the ends of the clamped and of the free phase: how much of what the labels made stays
 * without them. For units ±1 the share of units that agree is (1 + overlap) / 2.
 */
export const overlap: LocalMetric = {
  name: 'overlap',
  direction: 'max',
  training: true,
  measure: (observation) => overHidden(observation, (row) => cosine(observation.lesson.clamped[row], observation.lesson.free[row])),
};

/**
 * `flips`: the share of hidden units whose sign differs between the state that was learned and the state of inference, which the readout has
 * to work with. In evaluations only.
 */
export const flips: LocalMetric = {
  name: 'flips',
  direction: 'min',
  training: false,
  measure(observation) {
    const { lesson, inference, y } = observation;
    return overHidden(observation, (row) => mean(cast(notEqual(sgn(lesson.learned[row]), sgn(inference.state[row])), y.dtype)));
  },
};
