/** What a loop stacks and nobody reads is not stacked, and what it would stack twice is stacked once. */
import type { Graph } from '../graph.js';
import { makeGraph } from '../graph.js';
import { Scan, type ScanAttributes } from '../ops/scan.js';
import { Node, type Tensor } from '../tensor.js';
import type { Rule } from './rewrite.js';

export function unusedRows(graph: Graph): Rule {
  const read = new Set<Tensor>([...graph.outputs, ...graph.nodes.flatMap(({ inputs }) => inputs)]);
  return (node, inputs, attributes) => {
    if (node.operator !== Scan) return null;
    const { carried, body } = attributes as ScanAttributes;
    const first = (i: number): number => body.outputs.indexOf(body.outputs[i], carried);
    const wanted = new Set(node.outputs.flatMap((output, i) => (i >= carried && read.has(output) ? [first(i)] : [])));
    const kept = node.outputs.flatMap((_, i) => (i < carried || wanted.has(i) ? [i] : []));
    if (kept.length === node.outputs.length) return null;
    const pick = <T>(list: readonly T[]): T[] => kept.map((i) => list[i]);
    const shorter = makeGraph(body.inputs, body.inputNames, pick(body.outputs), pick(body.outputNames));
    const { outputs } = new Node(node.operator, inputs, { ...attributes, body: shorter }, pick(node.outputs));
    // Nobody reads those that are left out: any tensor may stand for them.
    return node.outputs.map((output, i) => outputs[kept.indexOf(i < carried ? i : first(i))] ?? output);
  };
}
