import { checkOptions, rules } from '@gradus/core';
import { exp, logsumexp, logSoftmax, multiply, negative, subtract, where } from '@gradus/graph';
import { hitsOf, pick } from '../labels.js';
import type { Loss } from '../loss.js';
import { requireLabels } from '../targets.js';
import { weightedMean } from '../weighting.js';

export interface SoftmaxFocalOptions {
  /** How strongly well classified samples fade: their loss is multiplied by (1 - p)^gamma. 0 or more; default: 2. */
  readonly gamma?: number;
}

/**
 * Focal loss of softmax(logits) against integer labels: the mean of -(1 - p)^gamma log p, where p is the probability given to the label.
 * Lin et al. (2017), for several classes.
 *
 * Logits: float [batch, …, classes]. Labels: int32 or int64 [batch, …]; one outside of the classes makes the loss NaN.
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export function softmaxFocalWith(options: SoftmaxFocalOptions = {}): Loss {
  checkOptions('softmaxFocalWith', options, { gamma: rules.notNegative });
  const { gamma = 2 } = options;
  return (logits, labels, weights) => {
    requireLabels('softmaxFocal', logits, labels);
    const hits = hitsOf(logits, labels);
    // log(1 - p) from the other classes: 1 - p itself would round to 0, where a power has no gradient.
    const logOthers = subtract(logsumexp(where(hits, -Infinity, logits), { axes: -1 }), logsumexp(logits, { axes: -1 }));
    const logP = pick(logSoftmax(logits), hits);
    return weightedMean('softmaxFocal', negative(multiply(exp(multiply(logOthers, gamma)), logP)), weights);
  };
}

/** {@link softmaxFocalWith} without options. */
export const softmaxFocal: Loss = softmaxFocalWith();
