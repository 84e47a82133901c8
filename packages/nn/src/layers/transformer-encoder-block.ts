/** One block of a transformer's encoder. */
import { checkOptions } from '@gradus/core';
import type { Layer } from '../layer.js';
import { transformerBlock, transformerRules, type TransformerBlockOptions } from '../transformer.js';

/**
 * Self-attention and feed-forward, each added to its input: `[batch, time, features]` to the same. With `causal: true` it is a block of
 * a language model. Members: `attention`, `attentionNorm`, `feedForward`, `feedForwardNorm`. Extras: `mask`, `attentionMask`, as of
 * `multiHeadAttention`.
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to other sizes.
 * @example transformerEncoderBlock({ features: 128, heads: 4, dropout: 0.1 });
 */
export function transformerEncoderBlock(options: TransformerBlockOptions): Layer {
  checkOptions('transformerEncoderBlock', options, transformerRules);
  return transformerBlock(options);
}
