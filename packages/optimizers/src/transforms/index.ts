// Generated from this folder by scripts/generate-index.mjs. Do not edit.
export * from './add-decayed-weights.js';
export * from './momentum-trace.js';
export * from './scale-by-adam.js';
export * from './scale-by-learning-rate.js';
