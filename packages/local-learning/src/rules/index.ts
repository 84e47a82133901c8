// Generated from this folder by scripts/generate-index.mjs. Do not edit.
export * from './cross-entropy-rule.js';
export * from './perceptron-rule.js';
export * from './tanh-rule.js';
export * from './truncated-tanh-rule.js';
