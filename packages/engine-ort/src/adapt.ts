/** Fits a graph to ONNX Runtime: each file of `rules/` in turn. */
import type { Graph } from '@gradus/graph';
import { rewrite } from './rewrite.js';
import { sumOfRows } from './rules/sum-of-rows.js';
import { widen } from './rules/widen.js';

export const adapt = (graph: Graph): Graph => rewrite(graph, [widen, sumOfRows]);
