/** The options that adam and its kin share. */
import { rules, type Rule, type Schedule } from '@gradus/core';
import { decay, rate } from './options.js';
import type { ScaleByAdamOptions } from './transforms/scale-by-adam.js';

export interface AdamOptions extends Omit<ScaleByAdamOptions, 'nesterov'> {
  /** Default: 0.001, as in the paper, PyTorch and Keras. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
}

/** The rules of b1, b2 and eps. */
export const momentRules = { b1: decay, b2: decay, eps: rules.notNegative } satisfies Readonly<Record<string, Rule>>;

export const adamRules = { learningRate: rate, ...momentRules, epsRoot: rules.notNegative } satisfies Readonly<Record<string, Rule>>;
