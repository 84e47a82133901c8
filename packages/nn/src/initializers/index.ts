// Generated from this folder by scripts/generate-index.mjs. Do not edit.
export * from './constant.js';
export * from './glorot-normal.js';
export * from './glorot-uniform.js';
export * from './he-normal.js';
export * from './he-uniform.js';
export * from './identity.js';
export * from './lecun-normal.js';
export * from './lecun-uniform.js';
export * from './normal.js';
export * from './ones.js';
export * from './orthogonal.js';
export * from './torch-uniform.js';
export * from './truncated-normal.js';
export * from './uniform.js';
export * from './variance-scaling.js';
export * from './zeros.js';
