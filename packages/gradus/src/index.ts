/** The sensible default set of Gradus in one import. */
export * from '@gradus/callbacks';
export * from '@gradus/checkpoint';
export * from '@gradus/core';
export * from '@gradus/data';
export * from '@gradus/engine-ort';
export * from '@gradus/gradients';
export * from '@gradus/graph';
export * from '@gradus/nn';
export { checkOnnx, exportOnnx, importOnnx, readModelFile, verifyOnnx, writeModelFile } from '@gradus/onnx';
export * from '@gradus/optimizers';
export { defaultGradient, defaultPlugins, Trainer } from './trainer.js';
