/** Batching: a function of one example becomes a function of many, by each operator's batching rule. */
import { repeat } from './batching.js';
import { GradusError } from './errors.js';
import { topologicalOrder } from './graph.js';
import { formatSpec, type BatchContext } from './operator.js';
import { transpose } from './ops/transpose.js';
import { formatShape, normalizeAxis } from './shape.js';
import { madeFor, SymbolicTensor, type Node, type Tensor } from './tensor.js';
import { flatten, leaves, unflatten, type MapTree } from './tree.js';

/** Where the examples lie in one argument: an axis of every tensor in it, or `null` for what all examples share. */
export type BatchAxis = number | null;

export interface VmapOptions {
  /** One axis for all arguments, or one for each; `null` where all examples share the argument. Default: 0. */
  readonly inAxes?: BatchAxis | readonly BatchAxis[];
  /** The axis of the examples in every result. Default: 0. */
  readonly outAxis?: number;
}

/**
 * A function of many examples from a function of one: what `fn` computes for each, all at once.
 *
 * @param fn Of trees of tensors, to a tree of tensors. What it captures from outside is shared by all examples.
 * @returns The same function on arguments with an axis of examples more; its results have one more too.
 * @throws `SHAPE_MISMATCH` when arguments disagree on the number of examples; `INVALID_AXIS`; `INVALID_ARGUMENT` when no argument
 *   has examples.
 * @example
 * // The gradient of every example by itself.
 * const perExample = vmap(grad(loss), { inAxes: [null, 0] })(params, batch);
 */
export function vmap<Args extends readonly unknown[], Out>(
  fn: (...args: Args) => Out,
  options: VmapOptions = {},
): (...args: Args) => MapTree<Out, Tensor> {
  const { inAxes = 0, outAxis = 0 } = options;
  return (...args) => {
    const axes = args.map((_, i) => (Array.isArray(inAxes) ? ((inAxes as readonly BatchAxis[])[i] ?? null) : (inAxes as BatchAxis)));
    const values = new Map<Tensor, Tensor>();
    let size: number | undefined;
    const examples = args.map((arg, i) => {
      const axis = axes[i];
      if (axis === null) return arg;
      const symbols = flatten<Tensor>(arg).map(({ leaf, path }) => {
        const first = moveAxis(leaf, normalizeAxis('vmap', axis, leaf.shape.length), 0);
        size ??= first.shape[0];
        if (first.shape[0] !== size) throw disagreement(path === '' ? `${i}` : `${i}.${path}`, leaf, size);
        const symbol = new SymbolicTensor(leaf.dtype, first.shape.slice(1), null, 0, path || null);
        values.set(symbol, first);
        return symbol;
      });
      return unflatten(arg, symbols);
    }) as unknown as Args;
    if (size === undefined) {
      throw new GradusError('INVALID_ARGUMENT', {
        what: 'vmap: no argument holds examples',
        received: `inAxes ${JSON.stringify(inAxes)} for ${args.length} arguments`,
        expected: 'an axis for at least one argument that has tensors',
      });
    }
    const result = fn(...examples);
    const batched = batch(leaves<Tensor>(result), values, size);
    return unflatten(
      result,
      batched.map((x) => moveAxis(x, 0, normalizeAxis('vmap', outAxis, x.shape.length))),
    );
  };
}

/**
 * `outputs` for a whole batch: `values` gives, for symbols, tensors with the batch as first axis. Every result has that axis;
 * what depends on none of the symbols is repeated.
 */
export function batch(outputs: readonly Tensor[], values: ReadonlyMap<Tensor, Tensor>, size: number): Tensor[] {
  const known = batchReached(outputs, values, size);
  return outputs.map((output) => known.get(output) ?? repeat(output, size));
}

/** The values of everything on the way to `outputs` that depends on the batch, with the batch as first axis. */
export function batchReached(outputs: readonly Tensor[], values: ReadonlyMap<Tensor, Tensor>, size: number): Map<Tensor, Tensor> {
  const known = new Map(values);
  for (const node of topologicalOrder(outputs)) {
    const batched = node.inputs.map((input) => known.has(input));
    if (!batched.includes(true) || node.outputs.every((output) => known.has(output))) continue;
    const inputs = node.inputs.map((input) => known.get(input) ?? input);
    const results = batchNode(node, { inputs, batched, size, attributes: node.attributes });
    node.outputs.forEach((output, i) => known.set(output, results[i]));
  }
  return known;
}

function batchNode(node: Node, context: BatchContext): readonly Tensor[] {
  const rule = node.operator.batch;
  if (rule === undefined) {
    throw new GradusError('NOT_BATCHABLE', {
      what: `${node.operator.name} has no batching rule`,
      received: node.inputs.map(formatSpec).join(' and '),
    });
  }
  return madeFor(node, () => rule(context));
}

/** x with one axis put elsewhere, the others in their order. */
function moveAxis(x: Tensor, from: number, to: number): Tensor {
  if (from === to) return x;
  const order = x.shape.map((_, i) => i).filter((i) => i !== from);
  order.splice(to, 0, from);
  return transpose(x, order);
}

const disagreement = (name: string, leaf: Tensor, size: number): GradusError =>
  new GradusError('SHAPE_MISMATCH', {
    what: `vmap: argument '${name}' has another number of examples`,
    received: formatShape(leaf.shape),
    expected: `${size} on its axis of examples`,
    fix: 'Give inAxes the axis of each argument, and null for what all examples share.',
  });
