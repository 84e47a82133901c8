// Generated from this folder by scripts/generate-index.mjs. Do not edit.
export * from './clip-by-global-norm.js';
export * from './clip-by-value.js';
