// Generated from this folder by scripts/generate-index.mjs. Do not edit.
import { adam } from './adam.js';
import { adamw } from './adamw.js';
import { sgd } from './sgd.js';
export * from './adam.js';
export * from './adamw.js';
export * from './sgd.js';

/** Every factory of this folder, by its name. */
export const builtins = {
  adam,
  adamw,
  sgd,
};
