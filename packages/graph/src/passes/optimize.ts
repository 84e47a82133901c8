/** The passes that every engine but the oracle runs over a graph before it compiles it. */
import type { Graph } from '../graph.js';
import { commonSubexpressions } from './common-subexpressions.js';
import { constantFolding } from './constant-folding.js';
import { mergeScans } from './merge-scans.js';
import { rewrite } from './rewrite.js';
import { transparent } from './transparent.js';
import { unusedRows } from './unused-rows.js';

/**
 * The same graph with less to do: nodes that only steer differentiation taken out, constants folded, common subexpressions and
 * loops over the same values computed once, and nothing stacked in vain. The same bits. Dead nodes need no pass: a graph is what its
 * outputs reach.
 */
export function optimize(graph: Graph): Graph {
  const simple = rewrite(graph, () => [transparent, constantFolding, commonSubexpressions()]);
  const merged = rewrite(simple, (own) => [mergeScans(own)]);
  return rewrite(merged, (own) => [unusedRows(own)]);
}
