/** ONNX models as functions of tensors, and as networks that are trained further. */
export { blackBoxOnnx, type BlackBox, type BlackBoxOptions } from './black-box.js';
export { importGraph, type ImportedGraph, type ImportedInput, type ImportOptions } from './import-graph.js';
export { importOnnx, type ImportOnnxOptions } from './import-onnx.js';
export type { AppendOptions, Network, NetworkContext, NetworkModelOptions, PartLayer } from './network.js';
export type { Mode } from './mode.js';
export type { Value } from './value.js';
