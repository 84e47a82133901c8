// Generated from this folder by scripts/generate-index.mjs. Do not edit.
import { integerSum } from './integer-sum.js';
import { sumOfRows } from './sum-of-rows.js';
import { wideWhere } from './wide-where.js';
export * from './integer-sum.js';
export * from './sum-of-rows.js';
export * from './wide-where.js';

/** Every factory of this folder, by its name. */
export const builtins = {
  integerSum,
  sumOfRows,
  wideWhere,
};
