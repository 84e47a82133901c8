/** Optimizers, the transforms they are made of, and schedules. */
export * from './optimizers/index.js';
export * from './schedules/index.js';
export type { AdamOptions } from './adam-options.js';
export type { RmsOptions } from './rms-options.js';
export { applyUpdates } from './apply-updates.js';
export { builtins } from './builtins.js';
export { chain } from './chain.js';
export { hyperparametersAt } from './hyperparameter.js';
export type { NamePattern } from './name-pattern.js';
export { optimizersPlugin } from './plugin.js';
export * from './transforms/index.js';
export * from './wrappers/index.js';
