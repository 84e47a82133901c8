/** Products in a loop, regrouped so that factors which do not depend on the carried values stand together and can be hoisted. */
import type { Graph } from '../graph.js';
import { apply } from '../operator.js';
import { Mul } from '../ops/mul.js';
import { sameShape } from '../shape.js';
import { SymbolicTensor, type Node, type Tensor } from '../tensor.js';
import { rebuild, rewrite } from './rewrite.js';

/**
 * (s · r) · q as s · (r · q), where only s depends on `sources` and nothing else reads s · r. Products of floats round differently in
 * another order: by one unit in the last place.
 */
export function regroupProducts(body: Graph, sources: readonly Tensor[]): Graph {
  const uses = new Map<Tensor, number>();
  for (const tensor of [...body.outputs, ...body.nodes.flatMap(({ inputs }) => inputs)]) uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  const stateful = new Set<Tensor>(sources);
  /** Both factors of a product that only this node reads: the one that depends on the sources first. */
  const factors = (tensor: Tensor, old: Tensor): readonly [Tensor, Tensor] | null => {
    const node = tensor instanceof SymbolicTensor ? tensor.node : null;
    if (node?.operator !== Mul || uses.get(old) !== 1) return null;
    const [s, r] = stateful.has(node.inputs[0]) ? node.inputs : [node.inputs[1], node.inputs[0]];
    const plain = stateful.has(s) && !stateful.has(r) && sameShape(s.shape, tensor.shape) && sameShape(r.shape, tensor.shape);
    return plain ? [s, r] : null;
  };
  const regroup = (node: Node, inputs: readonly Tensor[]): readonly Tensor[] | null => {
    const at = inputs.findIndex((input) => stateful.has(input));
    if (node.operator !== Mul || at === -1 || inputs.every((input) => stateful.has(input))) return null;
    const found = factors(inputs[at], node.inputs[at]);
    const other = inputs[1 - at];
    if (found === null || !sameShape(other.shape, node.outputs[0].shape)) return null;
    const [s, r] = found;
    return apply(Mul, [s, ...apply(Mul, [r, other], {})], {});
  };
  return rewrite(body, (graph) =>
    graph !== body
      ? []
      : [
          (node, inputs, attributes) => {
            const outputs = regroup(node, inputs) ?? rebuild(node, inputs, attributes);
            if (inputs.some((input) => stateful.has(input))) for (const output of outputs) stateful.add(output);
            return outputs;
          },
        ],
  );
}
