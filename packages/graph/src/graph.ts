/** A graph: the nodes that some outputs reach, in topological order, with named inputs and outputs. */
import { checkDType, type TensorSpec } from './dtype.js';
import { GradusError } from './errors.js';
import { formatSpec } from './operator.js';
import { SymbolicTensor, type Tensor, type Node } from './tensor.js';
import { checkShape } from './shape.js';
import { flatten, leaves, unflatten, type MapTree } from './tree.js';

export interface Graph {
  readonly inputs: readonly SymbolicTensor[];
  readonly inputNames: readonly string[];
  /** Usually symbols of nodes; an output may also be an input itself or a constant array. */
  readonly outputs: readonly Tensor[];
  readonly outputNames: readonly string[];
  /** Every node an output depends on, each after its inputs. */
  readonly nodes: readonly Node[];
}

/** A traced function: its graph, and the nesting of its results. */
export interface Traced<Out> {
  readonly graph: Graph;
  /** Puts flat results (in the order of `graph.outputs`) back into the nesting the function returned. */
  unflatten<L>(values: readonly L[]): MapTree<Out, L>;
}

/** Nodes that `outputs` depend on, inputs before users. Iterative: depth is limited by memory only. */
export function topologicalOrder(outputs: readonly Tensor[]): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  const visit = (tensor: Tensor): void => {
    if (tensor instanceof SymbolicTensor && tensor.node !== null && !seen.has(tensor.node)) {
      seen.add(tensor.node);
      stack.push({ node: tensor.node, next: 0 });
    }
  };
  for (const output of outputs) {
    visit(output);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < top.node.inputs.length) visit(top.node.inputs[top.next++]);
      else order.push(stack.pop()!.node);
    }
  }
  return order;
}

/** `sources`, and every result of `nodes` (each after its inputs) that depends on one of them. */
export function dependents(nodes: readonly Node[], sources: Iterable<Tensor>): Set<Tensor> {
  const found = new Set<Tensor>(sources);
  for (const node of nodes) {
    if (node.inputs.some((input) => found.has(input))) for (const output of node.outputs) found.add(output);
  }
  return found;
}

/** Builds a graph from symbols. @throws `FOREIGN_SYMBOL` when an output needs an input that is not in `inputs`. */
export function makeGraph(
  inputs: readonly SymbolicTensor[],
  inputNames: readonly string[],
  outputs: readonly Tensor[],
  outputNames: readonly string[],
): Graph {
  const nodes = topologicalOrder(outputs);
  const known = new Set<Tensor>(inputs);
  const check = (tensor: Tensor, user: string): void => {
    if (tensor instanceof SymbolicTensor && tensor.node === null && !known.has(tensor)) {
      throw new GradusError('FOREIGN_SYMBOL', {
        what: `${user} uses a symbol of another trace`,
        received: formatSpec(tensor),
        expected: 'symbols made from the arguments of the function being traced',
        fix: 'Pass the value as an argument instead of capturing it.',
      });
    }
  };
  for (const node of nodes) for (const input of node.inputs) check(input, node.operator.name);
  outputs.forEach((output, i) => check(output, `Output '${outputNames[i]}'`));
  return { inputs, inputNames, outputs, outputNames, nodes };
}

/**
 * Runs `fn` once on symbols and returns the graph of what it computed.
 *
 * @param fn A pure function of trees of tensors that returns a tree of tensors.
 * @param args One tree of specs per argument; arrays serve as their own specs.
 * @returns The graph (inputs named `<argument index>.<path>`, outputs by path) and the nesting of the result.
 * @example
 * const { graph } = trace((x) => sum(tanh(x)), { dtype: 'float32', shape: [3] });
 */
export function trace<const Args extends readonly unknown[], Out>(
  fn: (...args: { [I in keyof Args]: MapTree<Args[I], Tensor> }) => Out,
  ...args: Args
): Traced<Out> {
  const flat = args.map((arg) => flatten<TensorSpec>(arg));
  const names = flat.flatMap((list, i) => list.map(({ path }) => (path === '' ? `${i}` : `${i}.${path}`)));
  flat.flat().forEach(({ leaf }, i) => {
    checkDType(`Argument '${names[i]}'`, leaf.dtype);
    checkShape(`Argument '${names[i]}'`, leaf.shape);
  });
  const symbols = flat.map((list) => list.map(({ leaf, path }) => new SymbolicTensor(leaf.dtype, leaf.shape, null, 0, path || null)));
  const result = fn(...(args.map((arg, i) => unflatten(arg, symbols[i])) as { [I in keyof Args]: MapTree<Args[I], Tensor> }));
  const outputs = flatten<Tensor>(result);
  const graph = makeGraph(
    symbols.flat(),
    names,
    outputs.map(({ leaf }) => leaf),
    outputs.map(({ path }) => (path === '' ? 'output' : path)),
  );
  return { graph, unflatten: (values) => unflatten(result, values) };
}

/** Flat inputs for a traced function, in the order of `graph.inputs`. */
export const flattenArguments = <L>(...args: readonly unknown[]): L[] => args.flatMap((arg) => leaves<L>(arg));
