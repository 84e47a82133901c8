/** Fits a graph to ONNX Runtime: each file of `rules/` in turn. */
import type { Graph } from '@gradus/graph';
import { rewrite } from './rewrite.js';
import { integerSum } from './rules/integer-sum.js';
import { sumOfRows } from './rules/sum-of-rows.js';
import { wideWhere } from './rules/wide-where.js';

export const adapt = (graph: Graph): Graph => rewrite(graph, [wideWhere, integerSum, sumOfRows]);
