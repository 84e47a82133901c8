/** Rewrites a graph node by node before it is written for ONNX Runtime: what it lacks, and what it runs slowly. */
import { makeGraph, Node, type Graph, type Tensor } from '@gradus/graph';

/**
 * Says what stands for a node: one tensor per output, or `null` to leave the node as it is.
 *
 * @param inputs The node's inputs after rewriting.
 * @param session What is known of the session that will run it.
 */
export type Rule = (node: Node, inputs: readonly Tensor[], session: SessionFacts) => readonly Tensor[] | null;

export interface SessionFacts {
  /** Threads inside one operator; `undefined` where ONNX Runtime chooses. */
  readonly threads?: number;
}

/** The graph with the first rule that applies put in for each node. Inputs, names and specs stay as they are. */
export function rewrite(graph: Graph, rules: readonly Rule[], session: SessionFacts = {}): Graph {
  const values = new Map<Tensor, Tensor>();
  const value = (tensor: Tensor): Tensor => values.get(tensor) ?? tensor;
  let changed = false;
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(value);
    let results: readonly Tensor[] | null = null;
    for (const rule of rules) if ((results = rule(node, inputs, session)) !== null) break;
    if (results === null && inputs.some((input, i) => input !== node.inputs[i])) {
      results = new Node(node.operator, inputs, node.attributes, node.outputs).outputs;
    }
    if (results === null) continue;
    changed = true;
    node.outputs.forEach((output, i) => values.set(output, results[i]));
  }
  return changed ? makeGraph(graph.inputs, graph.inputNames, graph.outputs.map(value), graph.outputNames) : graph;
}
