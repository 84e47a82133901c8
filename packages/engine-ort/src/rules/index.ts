// Generated from this folder by scripts/generate-index.mjs. Do not edit.
import { integerProduct } from './integer-product.js';
import { integerSum } from './integer-sum.js';
import { serialScatter } from './serial-scatter.js';
import { sumOfRows } from './sum-of-rows.js';
import { wideAveragePool } from './wide-average-pool.js';
import { wideConvolution } from './wide-convolution.js';
import { wideErf } from './wide-erf.js';
import { wideHyperbolics } from './wide-hyperbolics.js';
import { wideLayerNorm } from './wide-layer-norm.js';
import { wideTrigonometry } from './wide-trigonometry.js';
import { wideWhere } from './wide-where.js';
export * from './integer-product.js';
export * from './integer-sum.js';
export * from './serial-scatter.js';
export * from './sum-of-rows.js';
export * from './wide-average-pool.js';
export * from './wide-convolution.js';
export * from './wide-erf.js';
export * from './wide-hyperbolics.js';
export * from './wide-layer-norm.js';
export * from './wide-trigonometry.js';
export * from './wide-where.js';

/** Every factory of this folder, by its name. */
export const builtins = {
  integerProduct,
  integerSum,
  serialScatter,
  sumOfRows,
  wideAveragePool,
  wideConvolution,
  wideErf,
  wideHyperbolics,
  wideLayerNorm,
  wideTrigonometry,
  wideWhere,
};
