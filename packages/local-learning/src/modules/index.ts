// Generated from this folder by scripts/generate-index.mjs. Do not edit.
export * from './cross-entropy-fully-connected.js';
export * from './frozen-fully-connected.js';
export * from './frozen-rescaled-fully-connected.js';
export * from './fully-connected.js';
export * from './output-layer.js';
export * from './recurrent-discrete.js';
