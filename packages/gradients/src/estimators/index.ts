// Generated from this folder by scripts/generate-index.mjs. Do not edit.
import { autodiff } from './autodiff.js';
import { centralDifference } from './central-difference.js';
import { evolutionStrategies } from './evolution-strategies.js';
import { forwardDifference } from './forward-difference.js';
import { localRule } from './local-rule.js';
import { spsa } from './spsa.js';
export * from './autodiff.js';
export * from './central-difference.js';
export * from './evolution-strategies.js';
export * from './forward-difference.js';
export * from './local-rule.js';
export * from './spsa.js';

/** Every factory of this folder, by its name. */
export const builtins = {
  autodiff,
  centralDifference,
  evolutionStrategies,
  forwardDifference,
  localRule,
  spsa,
};
