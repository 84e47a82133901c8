/** Bodies of control flow: what a function captures from outside becomes an input of its graph. */
import type { TensorSpec } from './dtype.js';
import { GradusError } from './errors.js';
import { makeGraph, topologicalOrder, type Graph } from './graph.js';
import { substitute } from './interpreter.js';
import { formatSpec } from './operator.js';
import { currentLine } from './origin.js';
import { SymbolicTensor, type Node, type Tensor } from './tensor.js';
import { leavesAt } from './tree.js';

export interface Closed {
  /** Inputs: the symbols given, then one per captured value. */
  readonly graph: Graph;
  readonly captured: readonly Tensor[];
}

/**
 * The graph of `outputs` as a function of `inputs`, closed: values from outside that it reads are inputs after these.
 * What depends on none of `inputs` stays outside, and so is computed once.
 */
export function closeOver(inputs: readonly SymbolicTensor[], outputs: readonly Tensor[]): Closed {
  const inside = new Set<Tensor>(inputs);
  const captured = new Map<Tensor, SymbolicTensor>();
  const capture = (tensor: Tensor): void => {
    if (!(tensor instanceof SymbolicTensor) || inside.has(tensor) || captured.has(tensor)) return;
    captured.set(tensor, new SymbolicTensor(tensor.dtype, tensor.shape, null, 0, tensor.name));
  };
  const nodes: Node[] = [];
  for (const node of topologicalOrder(outputs)) {
    if (!node.inputs.some((input) => inside.has(input))) continue;
    nodes.push(node);
    for (const output of node.outputs) inside.add(output);
  }
  for (const node of nodes) node.inputs.forEach(capture);
  outputs.forEach(capture);
  const symbols = [...inputs, ...captured.values()];
  return {
    graph: makeGraph(symbols, numbered('in', symbols), substitute(outputs, captured), numbered('out', outputs)),
    captured: [...captured.keys()],
  };
}

/** Computes a graph on other tensors: its outputs as expressions of them, or as arrays of arrays. */
export const inline = (graph: Graph, inputs: readonly Tensor[]): Tensor[] =>
  substitute(graph.outputs, new Map(graph.inputs.map((input, i) => [input, inputs[i]])));

/** Fresh symbols for tensors of these specs. */
export const symbolsLike = (specs: readonly TensorSpec[]): SymbolicTensor[] =>
  specs.map(({ dtype, shape }) => new SymbolicTensor(dtype, shape));

export const numbered = (stem: string, list: readonly unknown[]): string[] => list.map((_, i) => `${stem}${i}`);

/** What a body gives back for its carried values, in their order. @throws `INVALID_LOOP` unless it has their paths and specs. */
export function carriedAfter(what: string, before: readonly { readonly path: string; readonly leaf: Tensor }[], next: unknown): Tensor[] {
  const after = leavesAt<Tensor>(
    before.map(({ path }) => path),
    next,
  );
  after.forEach(({ path, leaf }, i) => {
    const [from, to] = [before[i]?.leaf, leaf].map((spec) => (spec === undefined ? 'nothing' : formatSpec(spec)));
    if (from === to) return;
    throw new GradusError('INVALID_LOOP', {
      what: `${what}: the carried value${path ? ` '${path}'` : ''} changes its type or shape`,
      received: to,
      expected: `${from}, as it came in`,
      fix: 'cast() or broadcastTo() the value, before the loop or in it.',
      at: currentLine(),
    });
  });
  return after.map(({ leaf }) => leaf!);
}
