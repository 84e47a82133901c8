import { batchBody } from '../batch-body.js';
import { repeat } from '../batching.js';
import { closeOver, inline, symbolsLike } from '../closure.js';
import { isFloat } from '../dtype.js';
import { GradusError } from '../errors.js';
import type { Graph } from '../graph.js';
import { zeros } from '../ndarray.js';
import { apply, formatSpec, type Operator } from '../operator.js';
import { sameShape } from '../shape.js';
import { isTensor, type Tensor } from '../tensor.js';
import { flatten, leaves, leavesAt, unflatten, type MapTree } from '../tree.js';

/**
 * Inputs: the values, which are the outputs; the arguments that get gradients; what the backward graph captures. Inputs of
 * `backward`: the cotangents of the float values, then the captured tensors; its outputs: gradients of the float arguments.
 */
export type CustomGradientAttributes = { backward: Graph; values: number; args: number };

export const CustomGradient: Operator<CustomGradientAttributes> = {
  name: 'CustomGradient',
  transparent: true,
  infer: (inputs, { values }) => inputs.slice(0, values).map(({ dtype, shape }) => ({ dtype, shape })),
  kernel: (inputs, { values }) => inputs.slice(0, values),
  gradient({ inputs, cotangents, attributes: { backward, values, args } }) {
    const flows = cotangents.flatMap((g, i) => (isFloat(inputs[i].dtype) ? [g ?? zeros(inputs[i].shape, inputs[i].dtype)] : []));
    const gradients = inline(backward, [...flows, ...inputs.slice(values + args)]);
    let next = 0;
    return inputs.map(({ dtype }, i) => (i >= values && i < values + args && isFloat(dtype) ? gradients[next++] : null));
  },
  batch({ inputs, batched, size, attributes }) {
    const { backward, values, args } = attributes;
    const all = inputs.map((input, i) => (batched[i] || i >= values + args ? input : repeat(input, size)));
    const flows = inputs.slice(0, values).filter(({ dtype }) => isFloat(dtype));
    const many = [...flows.map(() => true), ...batched.slice(values + args)];
    return apply(CustomGradient, all, { ...attributes, backward: batchBody(backward, many, size, 0, true).graph });
  },
};

/**
 * A function with a derivative of your own: straight-through estimators, implicit differentiation, gradients that are clipped or
 * turned. Batches and compiles as any other, and is differentiated twice by differentiating what you give.
 *
 * @param fn Gives the value (a tree of tensors) and a function from the value's cotangent (a tree of its form) to the gradients of
 *   the arguments, one for each: a tree of its form, or `null` for none.
 * @throws `GRADIENT_MISMATCH` when a gradient is not of its argument's form.
 * @example
 * // Rounds, and passes the gradient through as if it did not.
 * const roundThrough = customGradient((x: Tensor) => [floor(add(x, 0.5)), (g: Tensor) => [g]]);
 */
export function customGradient<Args extends readonly unknown[], Out>(
  fn: (...args: Args) => readonly [Out, (cotangent: MapTree<Out, Tensor>) => readonly unknown[]],
): (...args: Args) => MapTree<Out, Tensor> {
  return (...args) => {
    const [value, pull] = fn(...args);
    const values = leaves<Tensor>(value);
    const inputs = args.map((arg) => flatten<Tensor>(arg));
    const flows = symbolsLike(values);
    const pulled = pull(unflatten(value, flows));
    const gradients = inputs.flatMap((own, i) => checked(own, pulled[i] ?? null, i));
    const arriving = flows.filter(({ dtype }) => isFloat(dtype));
    const { graph, captured } = closeOver(arriving, gradients);
    const flat = inputs.flat().map(({ leaf }) => leaf);
    return unflatten(
      value,
      apply(CustomGradient, [...values, ...flat, ...captured], { backward: graph, values: values.length, args: flat.length }),
    );
  };
}

/** Gradients of the float leaves of one argument, from a tree of its form or `null`. */
function checked(own: readonly { readonly path: string; readonly leaf: Tensor }[], tree: unknown, index: number): Tensor[] {
  const paths = own.map(({ path }) => path);
  const gradients = tree === null ? null : leavesAt<Tensor>(paths, tree);
  return own.flatMap(({ path, leaf: input }, i) => {
    if (!isFloat(input.dtype)) return [];
    if (gradients === null) return [zeros(input.shape, input.dtype)];
    const gradient = gradients[i].leaf;
    if (isTensor(gradient) && gradient.dtype === input.dtype && sameShape(gradient.shape, input.shape)) return [gradient];
    throw new GradusError('GRADIENT_MISMATCH', {
      what: `customGradient: the gradient of argument ${index} has another form${path && ` at '${path}'`}`,
      received: isTensor(gradient) ? formatSpec(gradient) : 'nothing',
      expected: formatSpec(input),
    });
  });
}
