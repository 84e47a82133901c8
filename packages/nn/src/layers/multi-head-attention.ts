/** Attention with several heads. */
import { checkOptions, rules } from '@gradus/core';
import { add, GradusError, matmul, multiply, reshape, softmax, splitAxis, transpose, type Tensor } from '@gradus/graph';
import { attentionBias } from '../attention-bias.js';
import type { Initializer } from '../initializer.js';
import { glorotUniform } from '../initializers/glorot-uniform.js';
import { zeros } from '../initializers/zeros.js';
import { weightRules, type WeightOptions } from '../layer-options.js';
import { requireShape, requireSize, type Layer } from '../layer.js';
import { rotate } from '../rotary.js';
import { composite } from './composite.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';

export interface MultiHeadAttentionOptions extends WeightOptions {
  /** Features of input and output. */
  readonly features: number;
  readonly heads: number;
  /** Size of queries and keys of one head. Default: `features / heads`. */
  readonly keySize?: number;
  /** Size of values of one head. Default: `keySize`. */
  readonly valueSize?: number;
  /** How many heads keys and values have; each serves `heads / keyValueHeads` heads of queries. Default: `heads`. Ainslie et al. (2023). */
  readonly keyValueHeads?: number;
  /** Features of a memory, given as the extra `memory`, which is attended to in place of the input. Default: none, self-attention. */
  readonly memory?: number;
  /** Whether a step sees only itself and steps before it. Default: `false`. */
  readonly causal?: boolean;
  /** Whether queries and keys are turned by an angle that grows with their place: relative positions. Default: `false`. Su et al. (2021). */
  readonly rotary?: boolean;
  /** Share of the attention weights that is dropped while training. Default: 0. */
  readonly dropout?: number;
}

/**
 * softmax(q · kᵀ / √keySize) · v in each of several heads, over `[batch, time, features]`. Vaswani et al. (2017).
 *
 * Members: `input` makes queries, keys and values in one product, [features, heads keySize + keyValueHeads (keySize + valueSize)], behind
 * one another; with a memory there are `query` and `memory`, which makes keys and values. `output` is [heads valueSize, features]. Each has
 * a `weight` and a `bias`.
 *
 * Extras: `mask`, bool [batch, time]: which steps there are to attend to; `attentionMask`, bool, broadcast to [batch, heads, time, time],
 * true where a query (third axis) sees a key (last axis). With a memory: `memory` [batch, steps, memory features] and `memoryMask`, bool
 * [batch, steps], and neither of those. A query that sees nothing gives a mean of values, not NaN.
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable, such as heads that do not divide the features, and when applied without
 *   the memory; `SHAPE_MISMATCH`, `DTYPE_MISMATCH` when applied to what does not fit.
 * @example multiHeadAttention({ features: 64, heads: 4, causal: true });
 */
export function multiHeadAttention(options: MultiHeadAttentionOptions): Layer {
  const { features, heads, memory, causal = false, rotary = false, bias = true, dtype = 'float32' } = options;
  const { kernelInitializer = glorotUniform, biasInitializer = zeros, dropout: rate = 0 } = options;
  checkSizes(options);
  const keySize = options.keySize ?? features / heads;
  const { valueSize = keySize, keyValueHeads = heads } = options;
  const queries = heads * keySize;
  const [keys, values] = [keyValueHeads * keySize, keyValueHeads * valueSize];
  const name = `multiHeadAttention({ features: ${features}, heads: ${heads} })`;
  // Queries, keys and values are layers of their own to an initialiser.
  const projection = (from: number, ...parts: number[]): Layer => {
    const fans = { fanIn: from, fanOut: Math.max(...parts) };
    const initialize: Initializer = (key, shape, type) => kernelInitializer(key, shape, type, fans);
    return dense({ in: from, out: sumOf(parts), bias, dtype, biasInitializer, kernelInitializer: initialize });
  };
  const members = {
    ...(memory === undefined
      ? { input: projection(features, queries, keys, values) }
      : { query: projection(features, queries), memory: projection(memory, keys, values) }),
    drop: dropout(rate),
    output: projection(heads * valueSize, features),
  };

  return composite(members, (call, x, _context, extras) => {
    requireShape(name, x, ['time', features], 'Change `features`, or the layer before it.');
    const source = memory === undefined ? x : memoryOf(name, memory, x, extras.memory);
    const project = (part: string, input: Tensor, ...sizes: number[]): readonly Tensor[] =>
      splitAxis(call(part, input), sizes, { axis: 2 });
    const [q, k, v] =
      memory === undefined
        ? project('input', x, queries, keys, values)
        : [...project('query', x, queries), ...project('memory', source, keys, values)];

    const [batch, time] = x.shape;
    const apart = (part: Tensor, count: number): Tensor => reshape(part, [batch, part.shape[1], count, -1]);
    const turned = (part: Tensor): Tensor => (rotary ? rotate(part) : part);
    // Heads of queries that share keys lie below one another, as if they were more steps.
    const rows = reshape(transpose(turned(apart(q, heads)), [0, 2, 1, 3]), [batch, keyValueHeads, -1, keySize]);
    const products = matmul(multiply(rows, 1 / Math.sqrt(keySize)), transpose(turned(apart(k, keyValueHeads)), [0, 2, 3, 1]));
    const scores = reshape(products, [batch, heads, time, source.shape[1]]);
    const hidden = attentionBias(name, scores, source, { causal, cross: memory !== undefined }, extras);
    const weights = call('drop', softmax(hidden === undefined ? scores : add(scores, hidden)));
    const mixed = matmul(reshape(weights, products.shape), transpose(apart(v, keyValueHeads), [0, 2, 1, 3]));
    const together = transpose(reshape(mixed, [batch, heads, time, valueSize]), [0, 2, 1, 3]);
    return call('output', reshape(together, [batch, time, -1]));
  });
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

function memoryOf(name: string, features: number, x: Tensor, memory: Tensor | undefined): Tensor {
  if (memory === undefined) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `${name} attends to a memory that is not there`,
      received: 'no extra of this name',
      expected: `the extra 'memory' [batch, steps, ${features}]`,
      fix: 'apply(params, x, context, { memory }).',
    });
  }
  requireShape(`${name}: the extra 'memory'`, memory, ['steps', features]);
  if (memory.shape[0] === x.shape[0]) return memory;
  throw new GradusError('SHAPE_MISMATCH', {
    what: `${name}: input and memory differ in their numbers of sequences`,
    received: `${memory.shape[0]} memories for ${x.shape[0]} sequences`,
    expected: 'one each',
  });
}

function checkSizes(options: MultiHeadAttentionOptions): void {
  const { features, heads, keySize, keyValueHeads = heads, rotary = false } = options;
  const layer = 'multiHeadAttention';
  const { any, flag } = rules;
  checkOptions(layer, options, {
    ...weightRules,
    features: any,
    heads: any,
    keySize: any,
    valueSize: any,
    keyValueHeads: any,
    memory: any,
    causal: flag,
    rotary: flag,
    dropout: any,
  });
  requireSize(layer, 'features', features);
  requireSize(layer, 'heads', heads);
  for (const size of ['keySize', 'valueSize', 'keyValueHeads', 'memory'] as const) {
    if (options[size] !== undefined) requireSize(layer, size, options[size]);
  }
  const refuse = (what: string, received: string, expected: string): never => {
    throw new GradusError('INVALID_ARGUMENT', { what: `${layer}: ${what}`, received, expected });
  };
  if (keySize === undefined && features % heads !== 0) {
    refuse(
      'heads do not divide the features',
      `${features} features, ${heads} heads`,
      'a number of heads that divides the features, or a keySize',
    );
  }
  if (heads % keyValueHeads !== 0) {
    refuse('heads do not share keys evenly', `${heads} heads, ${keyValueHeads} of keys and values`, 'a divisor of `heads`');
  }
  if (rotary && (keySize ?? features / heads) % 2 !== 0) {
    refuse('an odd size cannot be turned in pairs', `a keySize of ${keySize ?? features / heads}`, 'an even keySize');
  }
  if (rotary && options.memory !== undefined) {
    refuse('places in a memory are not places in the input', 'rotary: true with a memory', 'rotary in self-attention only');
  }
}
