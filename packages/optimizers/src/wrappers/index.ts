// Generated from this folder by scripts/generate-index.mjs. Do not edit.
export * from './accumulate.js';
export * from './backtracking-linesearch.js';
export * from './conditionally-transform.js';
export * from './ema-params.js';
export * from './freeze.js';
export * from './lbfgs.js';
export * from './lookahead.js';
export * from './masked.js';
export * from './partition.js';
export * from './reduce-on-plateau.js';
export * from './sam.js';
export * from './schedule-free.js';
export * from './zoom-linesearch.js';
