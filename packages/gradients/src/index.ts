/** Gradient estimators and gradient transforms. */
export type { DifferenceOptions } from './differences.js';
export { autodiff } from './estimators/autodiff.js';
export { centralDifference } from './estimators/central-difference.js';
export { evolutionStrategies, type EvolutionStrategiesOptions } from './estimators/evolution-strategies.js';
export { forwardDifference } from './estimators/forward-difference.js';
export { localRule } from './estimators/local-rule.js';
export { spsa, type SpsaOptions } from './estimators/spsa.js';
export { gradientsPlugin } from './plugin.js';
export * from './transforms/index.js';
export type { UnitOptions } from './unit-axes.js';
