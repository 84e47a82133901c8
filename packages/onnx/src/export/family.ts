/** One graph traced at several sizes: the same nodes, wired alike, of which only numbers differ. */
import {
  GradusError,
  NDArray,
  SymbolicTensor,
  userLine,
  type Attributes,
  type Graph,
  type Node,
  type Tensor,
  type TensorSpec,
} from '@gradus/graph';

/** A node as far as it is written: of one that left no trace, what it would have been. */
export type Written = Pick<Node, 'operator' | 'inputs' | 'outputs' | 'attributes'>;

/** Operators that leave no node behind where they change nothing (where a part is the whole), with what they would have been told. */
const VANISHING: Readonly<Record<string, (shape: readonly number[], attributes: Attributes) => Attributes>> = {
  Expand: (shape) => ({ shape }),
  Reshape: (shape) => ({ shape }),
  Slice: (shape, { axes, steps }) => ({
    axes,
    steps,
    starts: (axes as readonly number[]).map(() => 0),
    counts: (axes as readonly number[]).map((axis) => shape[axis]),
  }),
};

/** Nodes and values of one graph, `main`, with their counterparts in all of them. */
export class Family {
  /** The place of the graph that has most nodes: it lacks none. */
  readonly main: number;
  readonly #graphs: readonly Graph[];
  readonly #nodes = new Map<Node, readonly Written[]>();
  readonly #values = new Map<Tensor, readonly TensorSpec[]>();

  /** @throws `SIZE_NOT_FREE` where the graphs are not alike, naming the first node that differs. */
  constructor(graphs: readonly Graph[]) {
    this.#graphs = graphs;
    const counts = graphs.map(({ nodes }) => nodes.length);
    this.main = counts.indexOf(Math.max(...counts));
    this.#align(graphs);
  }

  nodes(node: Node): readonly Written[] {
    return this.#nodes.get(node)!;
  }

  /** The specs of a value in each graph; of a constant, the constants. */
  values(tensor: Tensor): readonly TensorSpec[] {
    return this.#values.get(tensor) ?? this.#graphs.map(() => tensor);
  }

  #align(graphs: readonly Graph[]): void {
    const { inputs, nodes, outputs } = graphs[this.main];
    const next = graphs.map(() => 0);
    this.#match(
      inputs,
      graphs.map((graph) => graph.inputs),
    );
    for (const node of nodes) {
      const all = graphs.map((graph, k): Written => {
        const other = graph.nodes[next[k]];
        if (other === undefined || !this.#alike(node, other, k)) return this.#vanished(node, k, other);
        next[k]++;
        return other;
      });
      this.#nodes.set(node, all);
      this.#match(
        node.outputs,
        all.map((other) => other.outputs),
      );
      node.inputs.forEach((input, i) =>
        this.#constants(
          node,
          input,
          all.map((other) => other.inputs[i]),
        ),
      );
      for (const [name, value] of Object.entries(node.attributes)) {
        if (isGraph(value)) this.#align(all.map((other) => other.attributes[name] as Graph));
      }
    }
    const longer = graphs.findIndex((graph, k) => next[k] < graph.nodes.length);
    if (longer >= 0) throw differing(graphs[longer].nodes[next[longer]]);
    outputs.forEach((output, i) =>
      this.#constants(
        null,
        output,
        graphs.map((graph) => graph.outputs[i]),
      ),
    );
  }

  /** The counterpart of a node in a graph in which it would change nothing: its output is its input there. */
  #vanished(node: Node, graph: number, other: Node | undefined): Written {
    const told = VANISHING[node.operator.name];
    const input = this.#values.get(node.inputs[0])?.[graph] as SymbolicTensor | undefined;
    if (told === undefined || input === undefined) throw differing(node, other);
    return { operator: node.operator, inputs: [input], outputs: [input], attributes: told(input.shape, node.attributes) };
  }

  /** Whether two nodes are the same operator on the same values. */
  #alike(node: Node, other: Node, graph: number): boolean {
    return (
      node.operator.name === other.operator.name &&
      node.inputs.length === other.inputs.length &&
      node.outputs.length === other.outputs.length &&
      node.inputs.every((input, i) =>
        input instanceof SymbolicTensor ? this.#values.get(input)?.[graph] === other.inputs[i] : other.inputs[i] instanceof NDArray,
      )
    );
  }

  #match(first: readonly Tensor[], all: readonly (readonly Tensor[])[]): void {
    first.forEach((tensor, i) =>
      this.#values.set(
        tensor,
        all.map((list) => list[i]),
      ),
    );
  }

  #constants(node: Node | null, value: Tensor, all: readonly Tensor[]): void {
    if (!(value instanceof NDArray)) return;
    const known = this.#values.get(value);
    if (known?.some((array, i) => !sameArray(array as NDArray, all[i] as NDArray)) === true) {
      throw differing(node, undefined, 'one constant in two places, which follows the sizes in only one of them');
    }
    this.#values.set(value, all);
  }
}

const isGraph = (value: unknown): value is Graph => typeof value === 'object' && value !== null && 'nodes' in value;

/** Whether two arrays are the same to the bit. */
export function sameArray(a: NDArray, b: NDArray): boolean {
  if (a === b) return true;
  if (a.dtype !== b.dtype || a.shape.length !== b.shape.length || a.shape.some((n, i) => n !== b.shape[i])) return false;
  const [x, y] = [a, b].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return x.every((byte, i) => byte === y[i]);
}

/** The node as messages name it: what it is, and the line that made it. */
export function describeNode(node: Node): string {
  const line = userLine(node.origin);
  return line === null ? node.operator.name : `${node.operator.name} (${line})`;
}

function differing(node: Node | null, other?: Node, received?: string): GradusError {
  return new GradusError('SIZE_NOT_FREE', {
    what: `${node === null ? 'An output' : describeNode(node)} depends on a size that was to be free: the model is another one at another size`,
    received:
      received ??
      (other === undefined ? 'a node that is there at some sizes only' : `${node!.operator.name} or ${other.operator.name}, by the size`),
    expected: 'the same nodes at every size',
    fix: "Leave the size out of 'dynamic', or compute with shapes instead of choosing by them.",
  });
}
