/** What the options of scalings must be: each transform checks them, and each optimizer made of it, under its own name. */
import { rules, type Rule } from '@gradus/core';
import { momentRules } from './adam-options.js';
import { decay, rate } from './options.js';

export const adadeltaRules = { rho: decay, eps: rules.notNegative } satisfies Readonly<Record<string, Rule>>;

export const adanRules = {
  b1: decay,
  b2: decay,
  b3: decay,
  eps: rules.notNegative,
  epsRoot: rules.notNegative,
} satisfies Readonly<Record<string, Rule>>;

export const factoredRmsRules = {
  factored: rules.flag,
  decayRate: rules.positive,
  minDimSizeToFactor: rules.positiveCount,
  eps: rules.notNegative,
} satisfies Readonly<Record<string, Rule>>;

export const lionRules = { b1: decay, b2: decay } satisfies Readonly<Record<string, Rule>>;

export const muonRules = {
  beta: decay,
  nesterov: rules.flag,
  nsSteps: rules.positiveCount,
  nsCoeffs: {
    expected: 'a list of three finite numbers',
    accepts: (v) => Array.isArray(v) && v.length === 3 && v.every((c) => rules.finite.accepts(c)),
  },
  eps: rules.notNegative,
  adaptive: rules.flag,
} satisfies Readonly<Record<string, Rule>>;

export const novogradRules = {
  b1: decay,
  b2: decay,
  eps: rules.notNegative,
  epsRoot: rules.notNegative,
  weightDecay: rate,
} satisfies Readonly<Record<string, Rule>>;

export const radamRules = {
  ...momentRules,
  threshold: { expected: 'a finite number above 4', accepts: (v) => rules.finite.accepts(v) && (v as number) > 4 },
} satisfies Readonly<Record<string, Rule>>;

export const rssRules = {
  initialAccumulatorValue: rules.notNegative,
  eps: rules.notNegative,
} satisfies Readonly<Record<string, Rule>>;

export const trustRatioRules = {
  minNorm: rules.notNegative,
  trustCoefficient: rules.positive,
  eps: rules.notNegative,
  mask: rules.method,
} satisfies Readonly<Record<string, Rule>>;
