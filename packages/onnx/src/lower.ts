/** Writes the nodes of a graph as ONNX nodes: names for values, constants as initializers, copies where ONNX wants them. */
import type { NDArray } from '@gradus/graph';
import { SymbolicTensor, type Graph, type Node, type OnnxBody, type OnnxForm, type Tensor, type TensorSpec } from '@gradus/graph';
import { Constants } from './constants.js';
import type { OnnxGraph, OnnxNode, OnnxValue } from './model.js';
import { Names } from './names.js';

/** How nodes and values are written where a choice is left. */
export interface Style {
  form(node: Node): OnnxForm;
  /** Sizes, or names of sizes that are free. */
  shape(tensor: TensorSpec): readonly (number | string)[];
  /** The name of a node of this type that reads these values. */
  name(names: Names, type: string, inputs: readonly string[]): string;
  doc?(node: Node): string | undefined;
}

const plain: Style = {
  form: ({ operator, attributes, inputs, outputs }) => operator.onnx?.(attributes, inputs, outputs) ?? {},
  shape: ({ shape }) => shape,
  name: (names, type) => names.numbered(type),
};

/** The values that a graph sees: its own, and those around it. Names, constants and style are shared by the whole model. */
export class Scope {
  readonly names: Names;
  readonly constants: Constants;
  readonly style: Style;
  readonly #around: Scope | null;
  readonly #values = new Map<Tensor, string>();

  constructor(around: Scope | null = null, style: Style = around?.style ?? plain) {
    this.#around = around;
    this.names = around?.names ?? new Names();
    this.constants = around?.constants ?? new Constants(this.names);
    this.style = style;
  }

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

  /** Lets a value go by a name that another has. */
  bind(tensor: Tensor, name: string): void {
    this.#values.set(tensor, name);
  }

  /** Whether the value has a name here. */
  knows(tensor: Tensor): boolean {
    return this.#values.has(tensor);
  }

  read(tensor: Tensor): string {
    const name = this.#values.get(tensor);
    if (name !== undefined) return name;
    if (this.#around !== null) return this.#around.read(tensor);
    return this.constants.name(tensor as NDArray);
  }

  /** Nodes in ONNX; a transparent one is only another name for its inputs, and a constant may have its name already. */
  nodes(nodes: readonly Node[]): OnnxNode[] {
    return nodes.flatMap((node) => {
      if (node.inputs.length === 0 && node.outputs.every((output) => this.knows(output))) return [];
      if (node.operator.transparent !== true) return [this.node(node)];
      const copied = node.outputs.flatMap((output, i) => (this.#values.has(output) ? [this.#copy(node.inputs[i], output)] : []));
      node.outputs.forEach((output, i) => this.#values.has(output) || this.bind(output, this.read(node.inputs[i])));
      return copied;
    });
  }

  #copy(from: Tensor, to: Tensor): OnnxNode {
    const name = this.names.numbered('Identity');
    return { name, type: 'Identity', inputs: [this.read(from)], outputs: [this.read(to)], attributes: {} };
  }

  /** A body inside `node`, with names of its own for all but what it reads from around. */
  body({ graph, reads, unread = [] }: OnnxBody, node: Node, name: string): OnnxGraph {
    const inner = new Scope(this);
    const inputs = unread.map((spec) => valueOf(this.names.numbered(`${name}.unread`), spec));
    graph.inputs.forEach((input, i) => {
      const from = reads[i];
      if (from === null) inputs.push(this.value(inner.declare(input, `${name}.${graph.inputNames[i]}`), input));
      else inner.bind(input, this.read(node.inputs[from]));
    });
    return inner.graph(graph, name, inputs, `${name}.`);
  }

  /** A whole graph, given its inputs. Constants are left to the model's main graph. */
  graph(graph: Graph, name: string, inputs: readonly OnnxValue[], prefix = ''): OnnxGraph {
    const outputs = this.outputs(
      graph.outputs,
      graph.outputNames.map((output) => prefix + output),
      new Set(graph.nodes),
    );
    const nodes = [...this.nodes(graph.nodes), ...outputs.copies()];
    return {
      name,
      inputs,
      outputs: outputs.names.map((output, i) => this.value(output, graph.outputs[i])),
      nodes,
      initializers: new Map(),
    };
  }

  value(name: string, tensor: TensorSpec): OnnxValue {
    return { name, dtype: tensor.dtype, shape: this.style.shape(tensor) };
  }

  node(node: Node): OnnxNode {
    const form = this.style.form(node);
    const { type = node.operator.name, attributes = {}, constants = [], omitted = 0, bodies = {} } = form;
    const inputs = node.inputs.slice(0, form.inputs).map((input) => this.read(input));
    const name = this.style.name(this.names, type, inputs);
    const doc = this.style.doc?.(node);
    const graphs = Object.entries(bodies).map(([key, body]) => [key, { graph: this.body(body, node, `${name}.${key}`) }] as const);
    return {
      name,
      type,
      inputs: [...new Array<string>(omitted).fill(''), ...inputs, ...constants.map((array) => this.read(array))],
      outputs: node.outputs.map((output, i) => {
        if (!this.#values.has(output)) this.declare(output, node.outputs.length === 1 ? `${name}.out` : `${name}.out${i}`);
        return this.read(output);
      }),
      attributes: { ...attributes, ...Object.fromEntries(graphs) },
      ...(doc === undefined ? {} : { doc }),
      source: node,
    };
  }
}

export const valueOf = (name: string, { dtype, shape }: TensorSpec, leading: readonly string[] = []): OnnxValue => ({
  name,
  dtype,
  shape: [...leading, ...shape],
});

/** A graph as an ONNX graph with the same inputs and outputs, in the same order; names change only where they collide. */
export function lower(graph: Graph, name = 'graph'): OnnxGraph {
  const scope = new Scope();
  const inputs = graph.inputs.map((input, i) => valueOf(scope.declare(input, graph.inputNames[i]), input));
  return { ...scope.graph(graph, name, inputs), initializers: scope.constants.arrays };
}
