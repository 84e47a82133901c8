/** Layers, initialisers, losses and metrics as pure functions. */
export * as initializers from './initializers/index.js';
export type { Fans, Initializer } from './initializer.js';
export type { Extras, Layer, LayerContext, LayerLike } from './layer.js';
export * from './layers/index.js';
export type { ConvolutionOptions, Padding } from './convolution.js';
export type { LayerOptions, WeightOptions } from './layer-options.js';
export type { PoolingOptions } from './pooling.js';
export type { RecurrentLayer, RecurrentOptions } from './recurrent.js';
export type { NormalizationOptions } from './scale.js';
export type { TransformerBlockOptions } from './transformer.js';
export type { Loss } from './loss.js';
export * from './losses/index.js';
export type { Metric } from './metric.js';
export * as metrics from './metrics/index.js';
export { accuracy } from './metrics/accuracy.js';
export { supervised, type SupervisedOptions } from './supervised.js';
