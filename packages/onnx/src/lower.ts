/** Writes the nodes of a graph as ONNX nodes: names for values, constants as initializers, copies where ONNX wants them. */
import { NDArray, SymbolicTensor, type Graph, type Node, type Tensor } from '@gradus/graph';
import { Constants } from './constants.js';
import type { OnnxGraph, OnnxNode, OnnxValue } from './model.js';
import { Names } from './names.js';

/** Names given so far, shared by a model's main graph and the bodies inside it. */
export class Scope {
  readonly names = new Names();
  readonly constants = new Constants(this.names);
  readonly #values = new Map<Tensor, string>();

  /** Names a value before it is used: an input, or an output of a graph. */
  declare(tensor: Tensor, wanted: string): string {
    const name = this.names.unique(wanted);
    this.#values.set(tensor, name);
    return name;
  }

  /**
   * Names the outputs of a graph. ONNX wants each to be produced by a node of that graph, and no value to be two outputs:
   * where that does not hold, the returned nodes copy.
   */
  outputs(
    tensors: readonly Tensor[],
    wanted: readonly string[],
    produced: ReadonlySet<Node>,
  ): { readonly names: string[]; readonly copies: () => OnnxNode[] } {
    const sources: [Tensor, string][] = [];
    const names = tensors.map((tensor, i) => {
      const direct = tensor instanceof SymbolicTensor && tensor.node !== null && produced.has(tensor.node) && !this.#values.has(tensor);
      if (direct) return this.declare(tensor, wanted[i]);
      const name = this.names.unique(wanted[i]);
      sources.push([tensor, name]);
      return name;
    });
    const copies = (): OnnxNode[] =>
      sources.map(([tensor, name]) => ({
        name: this.names.numbered('Identity'),
        type: 'Identity',
        inputs: [this.read(tensor)],
        outputs: [name],
        attributes: {},
      }));
    return { names, copies };
  }

  read(tensor: Tensor): string {
    if (tensor instanceof NDArray) return this.constants.name(tensor);
    return this.#values.get(tensor)!;
  }

  node(node: Node): OnnxNode {
    const {
      type = node.operator.name,
      attributes = {},
      constants = [],
    } = node.operator.onnx?.(node.attributes, node.inputs, node.outputs) ?? {};
    const name = this.names.numbered(type);
    return {
      name,
      type,
      inputs: [...node.inputs.map((input) => this.read(input)), ...constants.map((array) => this.constants.name(array))],
      outputs: node.outputs.map((output, i) => {
        if (!this.#values.has(output)) this.declare(output, node.outputs.length === 1 ? `${name}.out` : `${name}.out${i}`);
        return this.read(output);
      }),
      attributes,
      source: node,
    };
  }
}

export const valueOf = (name: string, { dtype, shape }: Tensor, leading: readonly string[] = []): OnnxValue => ({
  name,
  dtype,
  shape: [...leading, ...shape],
});

/** A graph as an ONNX graph with the same inputs and outputs, in the same order; names change only where they collide. */
export function lower(graph: Graph, name = 'graph'): OnnxGraph {
  const scope = new Scope();
  const inputs = graph.inputs.map((input, i) => valueOf(scope.declare(input, graph.inputNames[i]), input));
  const outputs = scope.outputs(graph.outputs, graph.outputNames, new Set(graph.nodes));
  const nodes = graph.nodes.map((node) => scope.node(node));
  nodes.push(...outputs.copies());
  return {
    name,
    inputs,
    outputs: outputs.names.map((output, i) => valueOf(output, graph.outputs[i])),
    nodes,
    initializers: scope.constants.arrays,
  };
}
