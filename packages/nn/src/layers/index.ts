// Generated from this folder by scripts/generate-index.mjs. Do not edit.
export * from './dense.js';
export * from './dropout.js';
export * from './sequential.js';
