import { batchBody } from '../batch-body.js';
import { closeOver, inline, numbered, symbolsLike } from '../closure.js';
import { GradusError } from '../errors.js';
import { makeGraph, type Graph } from '../graph.js';
import { prepared } from '../interpreter.js';
import { pullback } from '../autodiff.js';
import { zeros } from '../ndarray.js';
import { alignedForBroadcast } from '../batching.js';
import { apply, formatSpec, type BatchContext, type GradientContext, type Operator } from '../operator.js';
import { toTensor, type Tensor, type TensorLike } from '../tensor.js';
import { flatten, leaves, unflatten, type MapTree } from '../tree.js';
import { isFloat } from '../dtype.js';
import { where } from './where.js';

/** Inputs are the condition and what the branches read; both branches have all of it as inputs. */
export type IfAttributes = { then: Graph; otherwise: Graph };

export const If: Operator<IfAttributes> = {
  name: 'If',
  infer: (_, { then }) => then.outputs.map(({ dtype, shape }) => ({ dtype, shape })),
  kernel: ([condition, ...inputs], { then, otherwise }) => prepared(condition.data[0] !== 0 ? then : otherwise)(inputs),
  gradient: branchGradients,
  batch: batchIf,
  onnx({ then, otherwise }) {
    const body = (graph: Graph) => ({ graph, reads: graph.inputs.map((_, i) => i + 1) });
    return { inputs: 1, bodies: { then_branch: body(then), else_branch: body(otherwise) } };
  },
};

/** The branch that was taken, differentiated: it computes its values again. */
function branchGradients({
  inputs: [condition, ...inputs],
  cotangents,
  attributes,
  wanted,
}: GradientContext<IfAttributes>): (Tensor | null)[] {
  const flowing = cotangents.flatMap((g, i) => (g === null ? [] : [i]));
  const floats = inputs.flatMap(({ dtype }, i) => (isFloat(dtype) && wanted[i + 1] ? [i] : []));
  const backwards = (branch: Graph): Graph => {
    const flows = symbolsLike(flowing.map((i) => branch.outputs[i]));
    const wrt = floats.map((i) => branch.inputs[i]);
    const all = branch.outputs.map((_, i) => flows[flowing.indexOf(i)] ?? null);
    const gradients = pullback(branch.outputs, all, wrt).map((g, i) => g ?? zeros(wrt[i].shape, wrt[i].dtype));
    const symbols = [...branch.inputs, ...flows];
    return makeGraph(symbols, numbered('in', symbols), gradients, numbered('out', gradients));
  };
  const [then, otherwise] = [attributes.then, attributes.otherwise].map(backwards);
  const gradients = apply(If, [condition, ...inputs, ...flowing.map((i) => cotangents[i]!)], { then, otherwise });
  return [null, ...inputs.map((_, i) => gradients[floats.indexOf(i)] ?? null)];
}

/** Where examples take different branches, both are computed and each example keeps its own. */
function batchIf({ inputs, batched, size, attributes }: BatchContext<IfAttributes>): readonly Tensor[] {
  const [condition, ...values] = inputs;
  const [many, ...manyValues] = batched;
  const [then, otherwise] = [attributes.then, attributes.otherwise].map((branch) => batchBody(branch, manyValues, size, 0, true).graph);
  if (!many) return apply(If, inputs, { then, otherwise });
  const [a, b] = [then, otherwise].map((branch) => inline(branch, values));
  return a.map((x, i) => where(alignedForBroadcast({ inputs: [condition, x], batched: [true, true], size, attributes: {} })[0], x, b[i]));
}

/**
 * One of two functions of `operands`, chosen by a bool scalar as the graph runs; the other is not computed. What they capture from
 * outside without an operand is computed either way. ONNX If. For a choice element by element use `where`. Batched by `vmap` over
 * the condition, both are computed.
 *
 * @param then, otherwise Give trees of one nesting, with the same types and shapes.
 * @throws `INVALID_BRANCHES` when they differ, or the condition is no bool scalar.
 * @example cond(greater(x, 0), (x) => log(x), (x) => zeros([]), x);
 */
export function cond<Operands extends readonly unknown[], Out>(
  condition: TensorLike,
  then: (...operands: Operands) => Out,
  otherwise: (...operands: Operands) => Out,
  ...operands: Operands
): MapTree<Out, Tensor> {
  const holds = toTensor(condition, 'bool');
  const invalid = (what: string, received: string, expected: string): GradusError =>
    new GradusError('INVALID_BRANCHES', { what: `cond: ${what}`, received, expected });
  if (holds.dtype !== 'bool' || holds.shape.length > 0) throw invalid('the condition is no bool scalar', formatSpec(holds), 'bool[]');

  const values = leaves<Tensor>(operands);
  const symbols = symbolsLike(values);
  const inside = unflatten(operands, symbols) as unknown as Operands;
  const results = [then(...inside), otherwise(...inside)];
  const form = (result: Out): string =>
    flatten(result)
      .map(({ path, leaf }) => `${path === '' ? '' : `${path}: `}${formatSpec(leaf)}`)
      .join(', ');
  if (form(results[0]) !== form(results[1])) {
    throw invalid('the branches give different results', form(results[1]), `${form(results[0])}, as the first branch gives`);
  }
  // Captured values of both branches, as inputs of both.
  const count = leaves(results[0]).length;
  const both = closeOver(
    symbols,
    results.flatMap((result) => leaves<Tensor>(result)),
  );
  const branch = (outputs: readonly Tensor[]): Graph =>
    makeGraph(both.graph.inputs, both.graph.inputNames, outputs, numbered('out', outputs));
  const outputs = apply(If, [holds, ...values, ...both.captured], {
    then: branch(both.graph.outputs.slice(0, count)),
    otherwise: branch(both.graph.outputs.slice(count)),
  });
  return unflatten(results[0], outputs);
}
