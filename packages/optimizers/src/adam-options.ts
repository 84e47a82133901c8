/** The options that adam and its kin share. */
import { rules, type Rule, type Schedule } from '@gradus/core';
import { decay, rate } from './options.js';
import type { ScaleByAdamOptions } from './transforms/scale-by-adam.js';

export interface AdamOptions extends ScaleByAdamOptions {
  /** Default: 0.001, as in the paper, PyTorch and Keras. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
}

export const adamRules = { learningRate: rate, b1: decay, b2: decay, eps: rules.notNegative } satisfies Readonly<Record<string, Rule>>;
