/** A directed acyclic graph of nodes: a node takes the mean of its parents' states, or an input of its own. */
import { GradusError } from '@gradus/graph';
import type { HCNode, NodeInfo } from './node.js';
import { invalid, requireSameSize, unknownName, type Vector } from './validation.js';

/** From one node's name to another's. */
export type Edge = readonly [from: string, to: string];

export interface GraphStepOptions {
  /** States before this step, by node; only handed on. */
  readonly previous?: Readonly<Record<string, Vector>>;
  /** Default 2. */
  readonly branches?: number;
}

/** Results by node, in topological order. */
export interface GraphStep {
  readonly states: Readonly<Record<string, Float64Array>>;
  readonly futures: Readonly<Record<string, Float64Array>>;
  readonly infos: Readonly<Record<string, NodeInfo>>;
}

/**
 * Order: Kahn's algorithm with a queue; roots as the node map lists them, children as the edges do. An edge given twice counts
 * twice in the mean. (JavaScript lists names that are whole numbers first: give a `Map` to keep their order.)
 *
 * @throws `INVALID_ARGUMENT` without nodes, `UNKNOWN_NAME` for an edge to nowhere, `GRAPH_CYCLE`.
 * @example
 * const graph = new HCGraph({ a, b, c }, [['a', 'b'], ['a', 'c'], ['b', 'c']]);
 * const { states } = graph.step({ a: [0.2, -0.1, 0.4] }); // c takes the mean of the states of a and b
 */
export class HCGraph {
  /** Names in topological order. */
  readonly order: readonly string[];
  readonly edges: readonly Edge[];
  readonly #nodes: ReadonlyMap<string, HCNode>;
  readonly #parents = new Map<string, string[]>();

  constructor(nodes: ReadonlyMap<string, HCNode> | Readonly<Record<string, HCNode>>, edges: readonly Edge[] = []) {
    this.#nodes = new Map(nodes instanceof Map ? nodes : Object.entries(nodes));
    this.edges = edges.map((edge) => [...edge] as const);
    const names = [...this.#nodes.keys()];
    if (names.length === 0) throw invalid('A graph needs nodes', 'none', 'at least one');
    for (const name of names) this.#parents.set(name, []);
    for (const [from, to] of edges) {
      const missing = [from, to].find((name) => !this.#nodes.has(name));
      if (missing !== undefined) throw unknownName(`node (edge '${from}->${to}')`, missing, names);
      if (from === to) throw cycle([from], `Edge '${from}->${to}' leads from a node to itself`);
      this.#parents.get(to)!.push(from);
    }
    this.order = kahn(names, edges);
  }

  /**
   * A line of nodes, each the parent of the next.
   *
   * @throws `SHAPE_MISMATCH` unless there are as many names as nodes, `DUPLICATE_NAME` for a name given twice.
   */
  static chain(names: readonly string[], nodes: readonly HCNode[]): HCGraph {
    requireSameSize('HCGraph.chain', { names, nodes });
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new GradusError('DUPLICATE_NAME', { what: `HCGraph.chain: two nodes are named '${twice}'` });
    return new HCGraph(
      new Map(names.map((name, i) => [name, nodes[i]])),
      names.slice(1).map((name, i) => [names[i], name] as const),
    );
  }

  node(name: string): HCNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw unknownName('node', name, [...this.#nodes.keys()]);
    return node;
  }

  parents(name: string): readonly string[] {
    this.node(name);
    return this.#parents.get(name)!;
  }

  /**
   * One step of every node, in order.
   *
   * @param inputs By node; an input replaces what the parents would give.
   * @throws `MISSING_INPUT` for a root without one, `UNKNOWN_NAME` for a name that is no node.
   */
  step(inputs: Readonly<Record<string, Vector>>, { previous = {}, branches = 2 }: GraphStepOptions = {}): GraphStep {
    for (const name of [...Object.keys(inputs), ...Object.keys(previous)]) this.node(name);
    const states: Record<string, Float64Array> = {};
    const futures: Record<string, Float64Array> = {};
    const infos: Record<string, NodeInfo> = {};
    for (const name of this.order) {
      const x = Object.hasOwn(inputs, name) ? inputs[name] : this.#fromParents(name, states);
      const step = this.node(name).forward(x, { previous: Object.hasOwn(previous, name) ? previous[name] : null, branches });
      states[name] = step.state;
      futures[name] = step.future;
      infos[name] = step.info;
    }
    return { states, futures, infos };
  }

  #fromParents(name: string, states: Readonly<Record<string, Float64Array>>): Float64Array {
    const parents = this.#parents.get(name)!;
    if (parents.length === 0) {
      throw new GradusError('MISSING_INPUT', {
        what: `Node '${name}' has neither an input nor parents`,
        expected: `an input for '${name}'`,
        fix: 'Give one to step(), or an edge that leads to the node.',
      });
    }
    const total = new Float64Array(states[parents[0]].length);
    for (const parent of parents) {
      requireSameSize(`The parents of '${name}'`, { [parents[0]]: total, [parent]: states[parent] });
      for (let d = 0; d < total.length; d++) total[d] += states[parent][d];
    }
    return total.map((sum) => sum / parents.length);
  }
}

function kahn(names: readonly string[], edges: readonly Edge[]): string[] {
  const waiting = new Map(names.map((name) => [name, 0]));
  const children = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const [from, to] of edges) {
    waiting.set(to, waiting.get(to)! + 1);
    children.get(from)!.push(to);
  }
  const order = names.filter((name) => waiting.get(name) === 0);
  for (let i = 0; i < order.length; i++) {
    for (const child of children.get(order[i])!) {
      const left = waiting.get(child)! - 1;
      waiting.set(child, left);
      if (left === 0) order.push(child);
    }
  }
  if (order.length < names.length)
    throw cycle(
      names.filter((name) => !order.includes(name)),
      'The graph has a cycle',
    );
  return order;
}

const cycle = (nodes: readonly string[], what: string): GradusError =>
  new GradusError('GRAPH_CYCLE', {
    what,
    received: `nodes that wait for each other: ${nodes.join(', ')}`,
    expected: 'edges without a way back',
    data: { nodes },
  });
