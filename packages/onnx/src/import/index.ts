/** ONNX models as functions of tensors. */
export { importGraph, type ImportedGraph, type ImportedInput, type ImportOptions } from './import-graph.js';
export type { Value } from './value.js';
