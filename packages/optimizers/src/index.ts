/** Optimizers, the transforms they are made of, and schedules. */
export * from './optimizers/index.js';
export * from './schedules/index.js';
export type { AdamOptions } from './adam-options.js';
export { applyUpdates } from './apply-updates.js';
export { builtins } from './builtins.js';
export { chain } from './chain.js';
export { hyperparametersAt } from './hyperparameter.js';
export { optimizersPlugin } from './plugin.js';
export { addDecayedWeights, type AddDecayedWeightsOptions } from './transforms/add-decayed-weights.js';
export { momentumTrace, type MomentumTraceOptions } from './transforms/momentum-trace.js';
export { scaleByAdam, type ScaleByAdamOptions } from './transforms/scale-by-adam.js';
export { scaleByLearningRate } from './transforms/scale-by-learning-rate.js';
