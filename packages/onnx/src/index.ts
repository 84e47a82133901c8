/** Graphs as ONNX models: plain graphs, and loops of K training steps. */
import type { Graph, LoopLayout } from '@gradus/graph';
import { encode } from './encode.js';
import { lower } from './lower.js';
import { lowerLoop } from './lower-loop.js';

export { encode, lower, lowerLoop };
export type { OnnxAttributeValue, OnnxGraph, OnnxNode, OnnxValue } from './model.js';

export const encodeModel = (graph: Graph): Uint8Array<ArrayBuffer> => encode(lower(graph));
export const encodeLoop = (step: Graph, layout: LoopLayout): Uint8Array<ArrayBuffer> => encode(lowerLoop(step, layout));
