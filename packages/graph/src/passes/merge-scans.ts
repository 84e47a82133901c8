/** Loops over the same values with the same carry are one loop: a loop, and the one that its gradient runs again to remember more. */
import { inline, numbered } from '../closure.js';
import { makeGraph, type Graph } from '../graph.js';
import { Scan, type ScanAttributes } from '../ops/scan.js';
import { Node, type Tensor } from '../tensor.js';
import { commonSubexpressions } from './common-subexpressions.js';
import { rewrite, type Rule } from './rewrite.js';

/**
 * A rule for graphs whose common subexpressions are merged. The loop that comes first stacks what every later one would; the
 * later ones take their results from it.
 */
export function mergeScans(graph: Graph): Rule {
  const merged = new Map<Node, { readonly first: Node; readonly outputs: readonly number[] }>();
  const bodies = new Map<Node, Graph>();
  const scans = graph.nodes.filter((node) => node.operator === Scan);
  for (const [i, node] of scans.entries()) {
    for (const first of scans.slice(0, i)) {
      if (merged.has(first) || !sameLoop(first, node)) continue;
      const both = together(bodies.get(first) ?? bodyOf(first), bodyOf(node), attributesOf(node).carried);
      if (both === null) continue;
      bodies.set(first, both.body);
      merged.set(node, { first, outputs: both.outputs });
      break;
    }
  }
  const results = new Map<Node, readonly Tensor[]>();
  return (node, inputs, attributes) => {
    const other = merged.get(node);
    if (other !== undefined) return other.outputs.map((output) => results.get(other.first)![output]);
    const body = bodies.get(node);
    if (body === undefined) return null;
    const { length, carried } = attributesOf(node);
    const specs = body.outputs.map(({ dtype, shape }, i) => ({ dtype, shape: i < carried ? shape : [length, ...shape] }));
    const { outputs } = new Node(Scan as never, inputs, { ...attributes, body }, specs);
    results.set(node, outputs);
    return outputs.slice(0, node.outputs.length);
  };
}

const attributesOf = (node: Node): ScanAttributes => node.attributes as ScanAttributes;
const bodyOf = (node: Node): Graph => attributesOf(node).body;

function sameLoop(a: Node, b: Node): boolean {
  const [x, y] = [attributesOf(a), attributesOf(b)];
  const same = x.carried === y.carried && x.scanned === y.scanned && x.length === y.length && x.reverse === y.reverse;
  return same && a.inputs.length === b.inputs.length && a.inputs.every((input, i) => input === b.inputs[i]);
}

/** One body with the outputs of both, and where those of the second are in it; `null` where they carry different values. */
function together(a: Graph, b: Graph, carried: number): { readonly body: Graph; readonly outputs: readonly number[] } | null {
  const all = [...a.outputs, ...inline(b, a.inputs)];
  const { outputs } = rewrite(makeGraph(a.inputs, a.inputNames, all, numbered('out', all)), () => [commonSubexpressions()]);
  const theirs = outputs.slice(a.outputs.length);
  if (theirs.some((output, i) => i < carried && output !== outputs[i])) return null;
  const kept = outputs.slice(0, a.outputs.length);
  const places = theirs.map((output, i) => {
    if (i < carried) return i;
    const place = kept.indexOf(output, carried);
    return place === -1 ? kept.push(output) - 1 : place;
  });
  return { body: makeGraph(a.inputs, a.inputNames, kept, numbered('out', kept)), outputs: places };
}
