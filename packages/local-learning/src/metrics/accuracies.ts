/** How often the largest score is at the label. */
import { argmax, cast, equal, mean, type Tensor } from '@gradus/graph';
import type { LocalMetric } from './local-metric.js';

const share = (scores: Tensor, y: Tensor): Tensor => mean(cast(equal(argmax(scores), argmax(y)), y.dtype));

/** `accuracy`: share of samples that the network classifies by itself, from nothing, without labels. In evaluations only. */
export const localAccuracy: LocalMetric = {
  name: 'accuracy',
  direction: 'max',
  training: false,
  measure: ({ inference, y }) => share(inference.scores, y),
};

/**
 * `taughtAccuracy`: the same of the state that was learned. Labels had a part in making it, so it is no measure of what the network can do;
 * the distance to `accuracy` says how much of the state goes when the teacher goes.
 */
export const taughtAccuracy: LocalMetric = {
  name: 'taughtAccuracy',
  direction: 'max',
  training: true,
  measure: ({ dynamics, lesson, y }) => share(dynamics.readout(lesson.learned), y),
};
