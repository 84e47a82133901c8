/** The passes that every engine but the oracle runs over a graph before it compiles it. */
import type { Graph } from '../graph.js';
import { commonSubexpressions } from './common-subexpressions.js';
import { constantFolding } from './constant-folding.js';
import { hoistRows } from './hoist-rows.js';
import { mergeScans } from './merge-scans.js';
import { rewrite } from './rewrite.js';
import { transparent } from './transparent.js';
import { unusedRows } from './unused-rows.js';

/**
 * The same graph with less to do: nodes that only steer differentiation taken out, constants folded, common subexpressions and
 * loops over the same values computed once, nothing stacked in vain, and out of loops what their rows alone decide. Dead nodes need
 * no pass: a graph is what its outputs reach.
 */
export function optimize(graph: Graph): Graph {
  const simple = simplify(graph);
  const merged = rewrite(simple, (own) => [mergeScans(own)]);
  const used = rewrite(merged, (own) => [unusedRows(own)]);
  const hoisted = rewrite(used, () => [hoistRows]);
  return hoisted === used ? used : simplify(hoisted);
}

const simplify = (graph: Graph): Graph => rewrite(graph, () => [transparent, constantFolding, commonSubexpressions()]);
