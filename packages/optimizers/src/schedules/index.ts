// Generated from this folder by scripts/generate-index.mjs. Do not edit.
import { constant } from './constant.js';
import { cosineDecay } from './cosine-decay.js';
import { linearWarmup } from './linear-warmup.js';
import { stepDecay } from './step-decay.js';
import { warmupCosine } from './warmup-cosine.js';
export * from './constant.js';
export * from './cosine-decay.js';
export * from './linear-warmup.js';
export * from './step-decay.js';
export * from './warmup-cosine.js';

/** Every factory of this folder, by its name. */
export const builtins = {
  constant,
  cosineDecay,
  linearWarmup,
  stepDecay,
  warmupCosine,
};
