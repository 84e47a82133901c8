/** Edges with one weight for every pair of a sender's and a receiver's unit. */
import { checkOptions, rules, type Rule } from '@gradus/core';
import { matmul, multiply, transpose, type NDArray, type Tensor } from '@gradus/graph';
import type { Adapter, Experience, Setting } from '../module.js';
import { product } from '../product.js';
import { scaledSlope, type LocalRule } from '../rule.js';
import { gated } from './gated.js';
import { requireRuleFits, requireWeight, type LearningOptions, type WeightOptions } from './options.js';
import { initialWeight, ratesOf } from './weights.js';

export interface DenseOptions extends WeightOptions {
  /** Units of the sender. */
  readonly in: number;
  /** Units of the receiver. */
  readonly out: number;
}

/** Throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`. */
export function checkDense(kind: string, options: DenseOptions, further: Readonly<Record<string, Rule>>): void {
  checkOptions(kind, options, { in: rules.positiveCount, out: rules.positiveCount, strength: rules.finite, ...further }, ['in', 'out']);
  requireWeight(kind, options.weight, [options.out, options.in]);
}

/** What all of them have: name, shapes, and messages of x, or of what `transform` makes of it. */
export function denseEdge(kind: string, options: DenseOptions, transform?: (x: Tensor) => Tensor): Adapter {
  const { strength = 1 } = options;
  return {
    name: `${kind}({ in: ${options.in}, out: ${options.out} })`,
    takes: [options.in],
    gives: ([units, ...rest]) => (units === options.in && rest.length === 0 ? [options.out] : null),
    linear: transform === undefined,
    message({ weight }, x, { semantics }) {
      const message = product(weight, transform?.(x) ?? x);
      return semantics === 'seed' && strength !== 1 ? multiply(message, strength) : message;
    },
  };
}

/** With `seed` semantics the strength is a factor of messages, not of weights. */
function firstWeight({ weight, strength = 1, ...options }: DenseOptions, key: NDArray, { dtype, semantics }: Setting): NDArray {
  return initialWeight(weight, key, [options.out, options.in], (semantics === 'seed' ? 1 : strength) / Math.sqrt(options.in), dtype);
}

/** Weights that never change. */
export const frozenEdge = (edge: Adapter, options: DenseOptions): Adapter => ({
  ...edge,
  frozen: (key, setting) => ({ weight: firstWeight(options, key, setting) }),
});

/** Weights that learn by a rule. @throws `SHAPE_MISMATCH`. */
export function learningEdge(edge: Adapter, options: DenseOptions & LearningOptions, rule: LocalRule): Adapter {
  requireRuleFits(edge.name, rule, options.out);
  return {
    ...edge,
    rule,
    init: (key, setting) => ({ weight: firstWeight(options, key, setting) }),
    update: (_, experience, setting) => ({ weight: denseUpdate(rule, experience, setting) }),
    withRates: ratesOf(options, options.in),
  };
}

/** slopeᵀ · x: `[out, in]`. */
export function denseUpdate(rule: LocalRule, experience: Experience, setting: Setting): Tensor {
  const senders = experience.x.shape[1];
  return matmul(transpose(scaledSlope(rule, experience, setting, senders)), gated(experience));
}
