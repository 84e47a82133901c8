/** Layers, initialisers, losses and metrics as pure functions. */
export * as initializers from './initializers.js';
export type { Initializer } from './initializers.js';
export type { Layer, LayerLike } from './layer.js';
export { dense, type DenseOptions } from './layers/dense.js';
export { dropout } from './layers/dropout.js';
export { sequential } from './layers/sequential.js';
export { meanAbsoluteError, meanSquaredError, sigmoidBinaryCrossEntropy, softmaxCrossEntropy, type Loss } from './losses.js';
export { accuracy, type Metric } from './metrics.js';
export { supervised, type SupervisedOptions } from './supervised.js';
