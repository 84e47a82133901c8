// Generated from this folder by scripts/generate-index.mjs. Do not edit.
export * from './associative-scan.js';
export * from './axes.js';
export * from './cumulative.js';
export * from './logsumexp.js';
export * from './one-hot.js';
export * from './square.js';
export * from './variance.js';
