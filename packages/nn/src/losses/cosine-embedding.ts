import { checkOptions, rules } from '@gradus/core';
import { add, multiply, relu, subtract, sum } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { member } from '../members.js';
import { asSigns, requireAxes } from '../targets.js';
import { unitRows } from '../unit-rows.js';
import { weightedMean } from '../weighting.js';

export interface CosineEmbeddingOptions {
  /** The similarity that unlike pairs may keep: from -1 to 1, 0 to 0.5 advised. Default: 0. */
  readonly margin?: number;
}

/**
 * Mean over pairs of 1 - cos for like ones and max(0, cos - margin) for unlike ones. As PyTorch's cosine_embedding_loss.
 *
 * Outputs: embeddings of both members, float [batch, 2, features]. Targets: 1 for like and -1 for unlike pairs in the outputs' type, or
 * bool; [batch].
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export function cosineEmbeddingWith(options: CosineEmbeddingOptions = {}): Loss {
  checkOptions('cosineEmbeddingWith', options, { margin: rules.finite });
  const { margin = 0 } = options;
  return (outputs, targets, weights) => {
    requireAxes('cosineEmbedding', outputs, [2, 'features'], 'Embed both members of a pair along axis 1.');
    const unit = unitRows(outputs);
    const cos = sum(multiply(member(unit, 0), member(unit, 1)), { axes: -1 });
    const like = multiply(add(asSigns('cosineEmbedding', cos, targets), 1), 0.5);
    const perPair = add(multiply(like, subtract(1, cos)), multiply(subtract(1, like), relu(subtract(cos, margin))));
    return weightedMean('cosineEmbedding', perPair, weights);
  };
}

/** {@link cosineEmbeddingWith} without options. */
export const cosineEmbedding: Loss = cosineEmbeddingWith();
