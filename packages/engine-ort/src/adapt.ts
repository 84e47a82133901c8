/** Fits a graph to ONNX Runtime: the passes of every engine, then each file of `rules/` in turn. */
import { optimize, rewrite, type Graph } from '@gradus/graph';
import { builtins } from './rules/index.js';

const rules = Object.values(builtins);
const rulesOfOneThread = rules.filter((rule) => rule !== builtins.serialScatter);

/** @param session.threads Threads inside one operator; `undefined` where ONNX Runtime chooses. */
export const adapt = (graph: Graph, session: { readonly threads?: number } = {}): Graph =>
  rewrite(optimize(graph), () => (session.threads === 1 ? rulesOfOneThread : rules));
