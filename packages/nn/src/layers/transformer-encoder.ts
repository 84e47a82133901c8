/** A stack of encoder blocks. */
import { checkOptions, rules } from '@gradus/core';
import { requireSize, type Layer } from '../layer.js';
import { transformerRules, type TransformerBlockOptions } from '../transformer.js';
import { checkpointed } from './checkpointed.js';
import { layerNormalization } from './layer-normalization.js';
import { sequential } from './sequential.js';
import { transformerEncoderBlock } from './transformer-encoder-block.js';

export interface TransformerEncoderOptions extends TransformerBlockOptions {
  /** How many blocks. */
  readonly layers: number;
  /** Whether blocks are computed again on the way back instead of keeping what is inside them: see `checkpointed`. Default: `false`. */
  readonly checkpoint?: boolean;
}

/**
 * `transformerEncoderBlock`s one after another and, where these normalise before their parts, a last normalisation. Parameters:
 * `0.attention.input.weight`, and so on. Extras: `mask`, `attentionMask`, for every block.
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to other sizes.
 * @example
 * sequential([
 *   embedding({ vocabulary: 1000, features: 128 }),
 *   sinusoidalPositions(),
 *   transformerEncoder({ layers: 4, features: 128, heads: 4 }),
 *   meanOverTime,
 *   dense({ in: 128, out: 2 }),
 * ]);
 */
export function transformerEncoder(options: TransformerEncoderOptions): Layer {
  const { layers, checkpoint = false, ...block } = options;
  checkOptions('transformerEncoder', options, { ...transformerRules, layers: rules.any, checkpoint: rules.flag });
  requireSize('transformerEncoder', 'layers', layers);
  const { features, epsilon, dtype, norm = 'pre' } = options;
  const blocks = Array.from({ length: layers }, () => transformerEncoderBlock(block));
  return sequential([
    ...(checkpoint ? blocks.map((layer) => checkpointed(layer)) : blocks),
    ...(norm === 'pre' ? [layerNormalization({ features, epsilon, dtype })] : []),
  ]);
}
