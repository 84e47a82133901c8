/** What the blocks of transformers share: options, and the way from part to part. */
import { oneOf, rules } from '@gradus/core';
import { add, gelu, type Tensor } from '@gradus/graph';
import { weightRules, type WeightOptions } from './layer-options.js';
import type { Layer, LayerLike } from './layer.js';
import { composite, type Call } from './layers/composite.js';
import { dropout } from './layers/dropout.js';
import { feedForward } from './layers/feed-forward.js';
import { layerNormalization } from './layers/layer-normalization.js';
import { multiHeadAttention } from './layers/multi-head-attention.js';

export interface TransformerBlockOptions extends WeightOptions {
  /** Features of every step. */
  readonly features: number;
  readonly heads: number;
  /** Size of the hidden layer of the feed-forward part. Default: 4 times `features`. */
  readonly hidden?: number;
  /** Of the feed-forward part. Default: `gelu`; PyTorch has relu. */
  readonly activation?: (x: Tensor) => Tensor;
  /**
   * `'pre'` normalises what goes into each part, which trains deep stacks without a warm-up (Xiong et al., 2020); `'post'` the sum
   * after it, as in Vaswani et al. (2017). Default: `'pre'`; PyTorch's is `'post'`.
   */
  readonly norm?: 'pre' | 'post';
  /** Of the normalisations. Default: 1e-5. */
  readonly epsilon?: number;
  /** Share that is dropped while training: of attention weights, of hidden values, and of what each part adds. Default: 0. */
  readonly dropout?: number;
  /** See `multiHeadAttention`. */
  readonly causal?: boolean;
  /** See `multiHeadAttention`. */
  readonly rotary?: boolean;
  /** See `multiHeadAttention`. */
  readonly keyValueHeads?: number;
}

const { any, flag, method } = rules;

export const transformerRules = {
  ...weightRules,
  features: any,
  heads: any,
  hidden: any,
  activation: method,
  norm: oneOf('pre', 'post'),
  epsilon: rules.notNegative,
  dropout: any,
  causal: flag,
  rotary: flag,
  keyValueHeads: any,
};

/** Attention, if given to a memory, and further parts, each added to what came in and with a normalisation of its own. */
export function transformerBlock(options: TransformerBlockOptions, memory?: number): Layer {
  const { features, heads, hidden, activation = (x: Tensor) => gelu(x), norm = 'pre', epsilon, dropout: rate = 0 } = options;
  const { causal, rotary, keyValueHeads, ...weights } = picked(options);
  const shared = { ...weights, features, heads, dropout: rate };
  const parts: Record<string, Layer> = {
    attention: multiHeadAttention({ ...shared, causal, rotary, keyValueHeads }),
    ...(memory === undefined ? {} : { crossAttention: multiHeadAttention({ ...shared, keyValueHeads, memory }) }),
    feedForward: feedForward({ ...weights, features, hidden, activation, dropout: rate }),
  };
  const members = Object.fromEntries(
    Object.entries(parts).flatMap(([name, part]): [string, LayerLike][] => [
      [name, part],
      [`${name}Norm`, layerNormalization({ features, epsilon, dtype: options.dtype })],
      [`${name}Dropout`, dropout(rate)],
    ]),
  );
  const part = (call: Call, name: string, x: Tensor): Tensor =>
    norm === 'pre'
      ? add(x, call(`${name}Dropout`, call(name, call(`${name}Norm`, x))))
      : call(`${name}Norm`, add(x, call(`${name}Dropout`, call(name, x))));
  return composite(members, (call, x) => Object.keys(parts).reduce((value, name) => part(call, name, value), x));
}

function picked(options: TransformerBlockOptions) {
  const { bias, kernelInitializer, biasInitializer, dtype, causal, rotary, keyValueHeads } = options;
  return { bias, kernelInitializer, biasInitializer, dtype, causal, rotary, keyValueHeads };
}
