/** A part of a model: from its inputs to some of its values. */
import { didYouMean, listNames } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import type { ModelProto, NodeProto, ValueProto } from '../proto.js';

/**
 * The model whose outputs are the named values, without the nodes and initializers that only others need.
 * @param at Names of values, or of nodes, whose first output is meant then.
 * @throws `UNKNOWN_NAME` for a name that the model does not have.
 */
export function truncated(model: ModelProto, at: readonly string[]): ModelProto {
  const { graph } = model;
  const makers = new Map<string, NodeProto>(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const byNode = new Map(graph.nodes.map((node) => [node.name, node.outputs[0]]));
  const types = new Map<string, ValueProto>([...graph.values, ...graph.outputs].map((value) => [value.name, value]));
  const outputs = at.map((name): ValueProto => {
    const value = makers.has(name) ? name : byNode.get(name);
    if (value === undefined || name === '') throw unknown(name, [...makers.keys()], [...byNode.keys()]);
    return types.get(value) ?? { name: value, docString: '', type: null };
  });
  const needed = new Set<string>();
  const nodes = new Set<NodeProto>();
  const pending = outputs.map(({ name }) => name);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    const node = makers.get(name);
    if (node === undefined || nodes.has(node)) continue;
    nodes.add(node);
    pending.push(...readBy(node));
  }
  const kept = <T extends { readonly name: string }>(list: readonly T[]): T[] => list.filter(({ name }) => needed.has(name));
  const part = {
    nodes: graph.nodes.filter((node) => nodes.has(node)),
    initializers: kept(graph.initializers),
    inputs: kept(graph.inputs),
    values: kept(graph.values),
  };
  return { ...model, graph: { ...graph, ...part, outputs } };
}

/** Names that a node reads, in its bodies too; those that a body has itself do no harm. */
function readBy(node: NodeProto): string[] {
  const inner = [...node.attributes.values()].flatMap((attribute) =>
    'graph' in attribute ? [...attribute.graph.nodes.flatMap(readBy), ...attribute.graph.outputs.map(({ name }) => name)] : [],
  );
  return [...node.inputs, ...inner].filter((name) => name !== '');
}

const unknown = (name: string, values: readonly string[], nodes: readonly string[]): GradusError =>
  new GradusError('UNKNOWN_NAME', {
    what: 'The model has no such value or node',
    received: `'${name}'`,
    expected: `a value: ${listNames(values)}; or a node: ${listNames(nodes.filter((node) => node !== ''))}`,
    fix: didYouMean(name, [...values, ...nodes]),
  });
