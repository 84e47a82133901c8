/** Fits a graph to ONNX Runtime: each file of `rules/` in turn. */
import type { Graph } from '@gradus/graph';
import { rewrite, type SessionFacts } from './rewrite.js';
import { builtins } from './rules/index.js';

const rules = Object.values(builtins);

export const adapt = (graph: Graph, session: SessionFacts = {}): Graph => rewrite(graph, rules, session);
