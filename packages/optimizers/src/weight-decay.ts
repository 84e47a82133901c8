/** Decoupled weight decay as an option of optimizers. */
import { rules, type GradientTransform, type Rule, type Schedule } from '@gradus/core';
import { rate } from './options.js';
import { addDecayedWeights } from './transforms/add-decayed-weights.js';

export const weightDecayRules = { weightDecay: rate, mask: rules.method } satisfies Readonly<Record<string, Rule>>;

/** `addDecayedWeights`, or nothing where the decay is the number 0. */
export const decayedWeights = (weightDecay: number | Schedule, mask?: (name: string) => boolean): readonly GradientTransform[] =>
  weightDecay === 0 ? [] : [addDecayedWeights({ weightDecay, mask })];
