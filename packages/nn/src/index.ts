/** Layers, initialisers, losses and metrics as pure functions. */
export * as initializers from './initializers.js';
export type { Initializer } from './initializers.js';
export type { Layer, LayerLike } from './layer.js';
export * from './layers/index.js';
export { meanAbsoluteError, meanSquaredError, sigmoidBinaryCrossEntropy, softmaxCrossEntropy, type Loss } from './losses.js';
export { accuracy, type Metric } from './metrics.js';
export { supervised, type SupervisedOptions } from './supervised.js';
