/** Metrics of the probability that a model gives to labels. */
import { checkOptions, rules } from '@gradus/core';
import { cast, equal, logicalNot, logSoftmax, multiply, negative, sum, where, type Tensor } from '@gradus/graph';
import { hitsOf, pick } from './labels.js';
import type { Metric } from './metric.js';
import { integer } from './option-rules.js';
import { requireLabels } from './targets.js';
import { alongSamples, ratio } from './weighting.js';

export interface LabelOptions {
  /** A label that counts as missing. Default: none. */
  readonly ignoreIndex?: number;
  /** What reports call the metric. */
  readonly name?: string;
}

/**
 * A metric of which smaller values are better: `finish` of the mean cross-entropy in nats.
 * @throws `INVALID_ARGUMENT` for options of `${name}With` that are not usable.
 */
export function labelUnlikelihood(name: string, options: LabelOptions, finish: (nats: Tensor) => Tensor): Metric {
  checkOptions(`${name}With`, options, { ignoreIndex: integer, name: rules.text });
  const { ignoreIndex } = options;
  return {
    name: options.name ?? name,
    direction: 'min',
    statistics(logits, labels, weights) {
      requireLabels(name, logits, labels);
      const present = ignoreIndex === undefined ? equal(labels, labels) : logicalNot(equal(labels, ignoreIndex));
      const nats = negative(pick(logSoftmax(logits), hitsOf(logits, where(present, labels, 0))));
      const counts = cast(present, logits.dtype);
      const share = weights === undefined ? counts : multiply(counts, alongSamples(name, counts, weights));
      return { total: sum(multiply(share, nats)), weight: sum(share) };
    },
    result: ({ total, weight }) => finish(ratio(total, weight)),
  };
}
