/** Layers, initialisers, losses and metrics as pure functions. */
export * as initializers from './initializers.js';
export type { Initializer } from './initializers.js';
export type { Layer, LayerLike } from './layer.js';
export * from './layers/index.js';
export type { Loss } from './loss.js';
export * from './losses/index.js';
export type { Metric } from './metric.js';
export * as metrics from './metrics/index.js';
export { accuracy } from './metrics/accuracy.js';
export { supervised, type SupervisedOptions } from './supervised.js';
