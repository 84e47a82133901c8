/** Fits a graph to ONNX Runtime: the passes of every engine, then each file of `rules/` in turn. */
import { optimize, rewrite, type Graph } from '@gradus/graph';
import { builtins } from './rules/index.js';

const rules = Object.values(builtins);
const rulesOfOneThread = rules.filter((rule) => rule !== builtins.serialScatter);

/**
 * The graph with other operators in the place of those that ONNX Runtime lacks, most of them in float64: for `exportOnnx(…, { rewrite })` of
 * @gradus/onnx. It is not optimized otherwise.
 * @example exportOnnx(model, trainer.state, { inputs, rewrite: runnable });
 */
export const runnable = (graph: Graph): Graph => rewrite(graph, () => rules);

/** @param session.threads Threads inside one operator; `undefined` where ONNX Runtime chooses. */
export const adapt = (graph: Graph, session: { readonly threads?: number } = {}): Graph =>
  rewrite(optimize(graph), () => (session.threads === 1 ? rulesOfOneThread : rules));
