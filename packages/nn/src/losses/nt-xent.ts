import { checkOptions, rules } from '@gradus/core';
import { arange, concat, divide, equal, logSoftmax, matmul, negative, reshape, transpose, where, type Tensor } from '@gradus/graph';
import { hitsOf, pick } from '../labels.js';
import type { Loss } from '../loss.js';
import { member } from '../members.js';
import { requireAxes } from '../targets.js';
import { unitRows } from '../unit-rows.js';
import { weightedMean } from '../weighting.js';

export interface NtXentOptions {
  /** Divides similarities: the lower, the more the nearest negatives count. Above 0; default: 0.1, SimCLR's best on ImageNet. */
  readonly temperature?: number;
}

/**
 * Normalised temperature-scaled cross-entropy: each of the 2 n views of n samples has to find its partner, by cosine similarity, among all
 * other views. The mean over the views. Chen et al., SimCLR (2020), equation 1. Its value depends on how samples are batched.
 *
 * Outputs: embeddings of two views, float [batch, 2, features]. Targets are not looked at: name any field.
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export function ntXentWith(options: NtXentOptions = {}): Loss {
  checkOptions('ntXentWith', options, { temperature: rules.positive });
  const { temperature = 0.1 } = options;
  return (outputs, _targets, weights) => {
    requireAxes('ntXent', outputs, [2, 'features'], 'Embed both views of a sample along axis 1.');
    const n = outputs.shape[0];
    const unit = unitRows(outputs);
    const views = concat([member(unit, 0), member(unit, 1)], { axis: 0 });
    const similarities = divide(matmul(views, transpose(views)), temperature);
    const places = arange(0, 2 * n, 1, 'int32');
    const itself = equal(reshape(places, [2 * n, 1]), places);
    const logP = logSoftmax(where(itself, -Infinity, similarities));
    const partners = concat([arange(n, 2 * n, 1, 'int32'), arange(0, n, 1, 'int32')]);
    return weightedMean('ntXent', negative(pick(logP, hitsOf(logP, partners))), weights && twice(weights));
  };
}

/** {@link ntXentWith} without options. */
export const ntXent: Loss = ntXentWith();

const twice = (weights: Tensor): Tensor => concat([weights, weights], { axis: 0 });
