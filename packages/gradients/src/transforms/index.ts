// Generated from this folder by scripts/generate-index.mjs. Do not edit.
export * from './adaptive-grad-clip.js';
export * from './add-noise.js';
export * from './apply-if-finite.js';
export * from './centralize.js';
export * from './clip-by-block-rms.js';
export * from './clip-by-global-norm.js';
export * from './clip-by-value.js';
export * from './ema.js';
export * from './keep-params-nonnegative.js';
export * from './normalize-by-update-norm.js';
export * from './zero-nans.js';
