/** Options that most layers have. */
import { oneOf, rules } from '@gradus/core';
import type { Float, Initializer } from './initializer.js';

export interface LayerOptions {
  /** Element type of the parameters, and so of inputs and outputs. Default: `float32`. */
  readonly dtype?: Float;
}

export interface WeightOptions extends LayerOptions {
  /** Default: `true`. */
  readonly bias?: boolean;
  /** Default: `glorotUniform`, as in Keras; `heNormal` or `heUniform` suit relu. */
  readonly kernelInitializer?: Initializer;
  /** Default: `zeros`. */
  readonly biasInitializer?: Initializer;
}

export const layerRules = { dtype: oneOf('float32', 'float64') };

export const weightRules = { ...layerRules, bias: rules.flag, kernelInitializer: rules.method, biasInitializer: rules.method };
