/** One block of a transformer's decoder. */
import { checkOptions, rules } from '@gradus/core';
import type { Layer } from '../layer.js';
import { transformerBlock, transformerRules, type TransformerBlockOptions } from '../transformer.js';

export interface TransformerDecoderBlockOptions extends TransformerBlockOptions {
  /** Default: `true`. */
  readonly causal?: boolean;
  /** Features of the memory. Default: `features`. */
  readonly memory?: number;
}

/**
 * Causal self-attention, attention to a memory, and feed-forward, each added to its input: `[batch, time, features]` to the same.
 * Members: `attention`, `crossAttention`, `feedForward`, each with its `…Norm`. Extras: `memory` [batch, steps, memory], which it needs,
 * `memoryMask`, `mask`, `attentionMask`, as of `multiHeadAttention`.
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable, or without a memory; `SHAPE_MISMATCH` when applied to other sizes.
 */
export function transformerDecoderBlock(options: TransformerDecoderBlockOptions): Layer {
  const { memory = options.features, causal = true, ...rest } = options;
  checkOptions('transformerDecoderBlock', options, { ...transformerRules, memory: rules.any });
  return transformerBlock({ ...rest, causal }, memory);
}
