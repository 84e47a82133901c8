/** Graphs as ONNX models, plain ones and loops of K training steps; and ONNX models as graphs. */
import type { Graph, LoopLayout } from '@gradus/graph';
import { encode } from './encode.js';
import { lower } from './lower.js';
import { lowerLoop } from './lower-loop.js';

export { encode, IR_VERSION, OPSET } from './encode.js';
export { lower } from './lower.js';
export { lowerLoop } from './lower-loop.js';
export { checkOnnx } from './check/check-onnx.js';
export type { Problem } from './check/problem.js';
export { decodeModel } from './decode.js';
export { decodeOptional, decodeSequence, decodeTensor, toNDArray, type ValueTree } from './decode-tensor.js';
export type { ElementType } from './element-types.js';
export * from './import/index.js';
export type * from './proto.js';
export { exportOnnx, type ExportOptions } from './export/export-onnx.js';
export type { InputSpec } from './export/free-sizes.js';
export type { Precision } from './export/precision.js';
export type { DecodingModel, ModelState } from './export/trace-model.js';
export { verifyOnnx, type VerifyOptions, type VerifyReport } from './export/verify-onnx.js';
export { saveMlflowModel, type MlflowModel, type MlflowModelOptions } from './mlflow/save-mlflow-model.js';
export { quantizeOnnx, type QuantizeOptions, type QuantizeReport } from './quantize/quantize-onnx.js';
export { ortSessions, type OnnxSession, type OpenSession } from './run/session.js';
export { parseModel, serializeModel } from './wire/model-bytes.js';
export { readModelFile, writeModelFile, type ReadOptions, type WriteOptions } from './wire/model-file.js';
export type * from './wire/schema.js';
export type { OnnxAttributeValue, OnnxGraph, OnnxNode, OnnxValue } from './model.js';

export interface EncodeOptions {
  /** Name of the graph inside the model. Default: `graph`, or `loop` for a loop. */
  readonly name?: string;
}

/**
 * The bytes of an ONNX model (IR 8, operator set 18) that computes `graph`: same inputs and outputs, in the same order.
 *
 * Inputs keep their names; an output whose name an input has gets a number after it.
 *
 * @example
 * const { graph } = trace((x: Tensor) => tanh(x), { dtype: 'float32', shape: [3] });
 * writeFileSync('tanh.onnx', encodeModel(graph));
 */
export const encodeModel = (graph: Graph, options: EncodeOptions = {}): Uint8Array => encode(lower(graph, options.name));

/**
 * The bytes of an ONNX model that does K steps of `step` in one run, K being free at each run: one `Scan`, whose inputs and
 * outputs are those of `Engine.compileLoop`. What no step changes is computed once, before the loop.
 *
 * @throws `INVALID_LOOP` when the step does not fit the layout.
 * @example
 * const { graph } = trace((total: Tensor, x: Tensor) => add(total, x), { dtype: 'float32', shape: [] }, { dtype: 'float32', shape: [] });
 * writeFileSync('sum.onnx', encodeLoop(graph, { carried: 1, scanned: 1 }));
 */
export const encodeLoop = (step: Graph, layout: LoopLayout, options: EncodeOptions = {}): Uint8Array =>
  encode(lowerLoop(step, layout, options.name));
