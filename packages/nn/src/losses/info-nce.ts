import { checkOptions, rules } from '@gradus/core';
import { add, arange, divide, matmul, multiply, transpose } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { member } from '../members.js';
import { requireAxes } from '../targets.js';
import { unitRows } from '../unit-rows.js';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

export interface InfoNceOptions {
  /** Divides similarities: the lower, the more the nearest negatives count. Above 0; default: 0.07, as in MoCo and CLIP. */
  readonly temperature?: number;
}

/**
 * Contrastive loss between two kinds of views, such as images and texts: each member has to find its partner, by cosine similarity, among
 * the other members of the batch; the mean of both directions. van den Oord et al. (2018); Radford et al., CLIP (2021). Its value depends
 * on how samples are batched.
 *
 * Outputs: embeddings of both members, float [batch, 2, features]. Targets are not looked at: name any field.
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export function infoNceWith(options: InfoNceOptions = {}): Loss {
  checkOptions('infoNceWith', options, { temperature: rules.positive });
  const { temperature = 0.07 } = options;
  return (outputs, _targets, weights) => {
    requireAxes('infoNce', outputs, [2, 'features'], 'Embed both members of a pair along axis 1.');
    const unit = unitRows(outputs);
    const similarities = divide(matmul(member(unit, 0), transpose(member(unit, 1))), temperature);
    const partners = arange(0, outputs.shape[0], 1, 'int32');
    const both = [similarities, transpose(similarities)].map((logits) => softmaxCrossEntropy(logits, partners, weights));
    return multiply(add(both[0], both[1]), 0.5);
  };
}

/** {@link infoNceWith} without options. */
export const infoNce: Loss = infoNceWith();
