/** The options that both kinds of RMSProp share. */
import { rules, type Rule } from '@gradus/core';
import { decay } from './options.js';

export interface RmsOptions {
  /** Decay of the means, from 0 to below 1. Default: 0.9, as in Hinton's lecture, Optax and Keras (PyTorch has 0.99). */
  readonly decay?: number;
  /** Keeps the quotient finite where gradients vanish. Default: 1e-8. */
  readonly eps?: number;
  /** The mean of squares before the first step. Default: 0. */
  readonly initialScale?: number;
  /** Adds `eps` below the root. Default: `true`, as in Optax and Keras; PyTorch adds it outside. */
  readonly epsInSqrt?: boolean;
  /** Divides the means by 1 - decay^t, as Adam. Default: `false`. */
  readonly biasCorrection?: boolean;
}

export const rmsRules = {
  decay,
  eps: rules.notNegative,
  initialScale: rules.notNegative,
  epsInSqrt: rules.flag,
  biasCorrection: rules.flag,
} satisfies Readonly<Record<string, Rule>>;
