/** Reverse-mode differentiation of expressions: each operator's gradient rule, from the output back to the inputs. */
import { isFloat } from './dtype.js';
import { GradusError } from './errors.js';
import { topologicalOrder } from './graph.js';
import { substitute } from './interpreter.js';
import { ones, zeros } from './ndarray.js';
import { formatSpec } from './operator.js';
import { add } from './ops/add.js';
import { currentLine, userLine } from './origin.js';
import { isTensor, madeFor, SymbolicTensor, type Node, type Tensor } from './tensor.js';
import { flatten, leaves, unflatten, type MapTree } from './tree.js';

/**
 * Gradients of a scalar with respect to symbols it may depend on; zeros where it does not.
 *
 * @param output A scalar (shape `[]`) of a float type.
 * @param wrt Symbols: inputs of the trace or values computed on the way, which then count as independent.
 * @throws `NOT_DIFFERENTIABLE` for an output that is not a float scalar.
 */
export function gradients(output: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (!isTensor(output) || output.shape.length > 0 || !isFloat(output.dtype)) {
    throw new GradusError('NOT_DIFFERENTIABLE', {
      what: 'Only a float scalar can be differentiated',
      received: isTensor(output) ? formatSpec(output) : `a value of type ${typeof output}`,
      expected: 'float32[] or float64[]',
      fix: 'Reduce it with sum() or mean().',
      at: output instanceof SymbolicTensor && output.node !== null ? userLine(output.node.origin) : currentLine(),
    });
  }
  return pullback([output], [ones([], output.dtype)], wrt).map((g, i) => g ?? zeros(wrt[i].shape, wrt[i].dtype));
}

/**
 * Cotangents of `wrt` from cotangents of `outputs`, by each operator's gradient rule; `null` where nothing flows.
 *
 * @param flows One per output, of its spec; `null` for an output that does not count.
 */
export function pullback(outputs: readonly Tensor[], flows: readonly (Tensor | null)[], wrt: readonly Tensor[]): (Tensor | null)[] {
  const targets = new Set<Tensor>(wrt);
  const depends = new Set<Tensor>(wrt);
  const relevant: Node[] = [];
  for (const node of topologicalOrder(outputs.filter((_, i) => flows[i] !== null))) {
    if (node.operator.gradient !== undefined && node.inputs.some((input) => depends.has(input))) {
      relevant.push(node);
      for (const result of node.outputs) depends.add(result);
    }
  }
  const cotangents = new Map<Tensor, Tensor>();
  const flow = (to: Tensor, gradient: Tensor): void => {
    const sofar = cotangents.get(to);
    cotangents.set(to, sofar === undefined ? gradient : add(sofar, gradient));
  };
  outputs.forEach((output, i) => flows[i] !== null && depends.has(output) && flow(output, flows[i]!));
  for (const node of relevant.reverse()) {
    // A target computed on the way is independent: what flowed to it stays there.
    const incoming = node.outputs.map((result) => (targets.has(result) ? null : (cotangents.get(result) ?? null)));
    const first = incoming.find((g) => g !== null);
    if (first === undefined) continue;
    const { inputs, outputs: results, attributes } = node;
    const wanted = inputs.map((input) => depends.has(input));
    const context = { inputs, outputs: results, cotangents: incoming, cotangent: first!, attributes, wanted };
    madeFor(node, () =>
      node.operator.gradient!(context).forEach((gradient, i) => {
        if (gradient !== null && wanted[i]) flow(inputs[i], gradient);
      }),
    );
  }
  return wrt.map((target) => cotangents.get(target) ?? null);
}

/** What a differentiated function may return: the scalar, or the scalar with further results. */
type ScalarOr<Aux> = Tensor | readonly [Tensor, Aux];

/**
 * A function that computes `fn` and its gradient with respect to its first argument.
 *
 * Works on symbols (inside `trace`) and on arrays alike.
 *
 * @param fn Returns a float scalar, or `[scalar, aux]` where `aux` is any tree of tensors to hand through.
 * @returns `[value, gradients]` with the nesting of the first argument; `[[value, aux], gradients]` when `fn` returns a pair.
 * @throws `NOT_DIFFERENTIABLE` when the first argument holds a tensor that is not of a float type, naming it.
 * @example
 * const [value, gradient] = valueAndGrad((x: Tensor) => sum(multiply(x, x)))(asarray([1, 2, 3]));
 * // value 14, gradient [2, 4, 6]
 */
export function valueAndGrad<P, Rest extends readonly unknown[], R extends ScalarOr<unknown>>(
  fn: (params: P, ...rest: Rest) => R,
): (params: P, ...rest: Rest) => [R, MapTree<P, Tensor>] {
  return (params, ...rest) => {
    const named = flatten<Tensor>(params);
    for (const { path, leaf } of named) {
      if (!isFloat(leaf.dtype)) {
        throw new GradusError('NOT_DIFFERENTIABLE', {
          what: `Cannot differentiate with respect to ${path === '' ? 'the first argument' : `'${path}'`}`,
          received: formatSpec(leaf),
          expected: 'float32 or float64',
        });
      }
    }
    const actual = named.map(({ leaf }) => leaf);
    const symbols = named.map(({ leaf, path }) => new SymbolicTensor(leaf.dtype, leaf.shape, null, 0, path || null));
    const result = fn(unflatten(params, symbols) as P, ...rest);
    const output = (Array.isArray(result) ? result[0] : result) as Tensor;
    const derivatives = gradients(output, symbols);
    const flatResult = leaves<Tensor>(result);
    const values = substitute([...flatResult, ...derivatives], new Map(symbols.map((symbol, i) => [symbol, actual[i]])));
    return [unflatten(result, values.slice(0, flatResult.length)) as unknown as R, unflatten(params, values.slice(flatResult.length))];
  };
}

/** The gradient alone: see {@link valueAndGrad}. */
export function grad<P, Rest extends readonly unknown[]>(
  fn: (params: P, ...rest: Rest) => ScalarOr<unknown>,
): (params: P, ...rest: Rest) => MapTree<P, Tensor> {
  const both = valueAndGrad(fn);
  return (params, ...rest) => both(params, ...rest)[1];
}
