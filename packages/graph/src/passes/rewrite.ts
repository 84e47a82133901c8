/** Walks a graph forwards and puts other tensors in the place of what its nodes compute. */
import { makeGraph, type Graph } from '../graph.js';
import type { Attributes } from '../operator.js';
import { madeFor, Node, type Tensor } from '../tensor.js';

/**
 * Says what stands for a node: one tensor per output, or `null` to leave the node as it is.
 *
 * @param inputs The node's inputs after rewriting.
 * @param attributes The node's attributes, with bodies after rewriting.
 */
export type Rule = (node: Node, inputs: readonly Tensor[], attributes: Attributes) => readonly Tensor[] | null;

/**
 * The graph with the first rule that applies put in for each node, in the bodies of control flow too. Inputs, names and specs stay
 * as they are.
 *
 * @param makeRules Called once for each graph, that of a body included, whose rules may remember what they have seen.
 */
export function rewrite(graph: Graph, makeRules: (graph: Graph) => readonly Rule[]): Graph {
  const rules = makeRules(graph);
  const values = new Map<Tensor, Tensor>();
  const value = (tensor: Tensor): Tensor => values.get(tensor) ?? tensor;
  let changed = false;
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(value);
    const attributes = rewriteBodies(node.attributes, makeRules);
    const results = madeFor(node, () => {
      for (const rule of rules) {
        const found = rule(node, inputs, attributes);
        if (found !== null) return found;
      }
      return rebuild(node, inputs, attributes);
    });
    if (results.every((result, i) => result === node.outputs[i])) continue;
    changed = true;
    node.outputs.forEach((output, i) => values.set(output, results[i]));
  }
  const outputs = graph.outputs.map(value);
  changed ||= outputs.some((output, i) => output !== graph.outputs[i]);
  return changed ? makeGraph(graph.inputs, graph.inputNames, outputs, graph.outputNames) : graph;
}

/** The outputs of the same node on other inputs: its own where nothing differs. */
export function rebuild(node: Node, inputs: readonly Tensor[], attributes: Attributes): readonly Tensor[] {
  if (attributes === node.attributes && inputs.every((input, i) => input === node.inputs[i])) return node.outputs;
  return new Node(node.operator, inputs, attributes, node.outputs).outputs;
}

/** The same object where no body changes. */
function rewriteBodies(attributes: Attributes, makeRules: (graph: Graph) => readonly Rule[]): Attributes {
  let changed: Record<string, Attributes[string]> | null = null;
  for (const [name, attribute] of Object.entries(attributes)) {
    if (typeof attribute !== 'object' || Array.isArray(attribute)) continue;
    const body = rewrite(attribute as Graph, makeRules);
    if (body !== attribute) (changed ??= { ...attributes })[name] = body;
  }
  return changed ?? attributes;
}
