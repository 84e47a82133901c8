/** What Conv and ConvTranspose share: checks, the gradient of the bias, and many examples at once. */
import { FLOATS, type TensorSpec } from './dtype.js';
import { GradusError } from './errors.js';
import { apply, requireDType, requireSameDType, shapeError, type BatchContext, type Operator } from './operator.js';
import { add } from './ops/add.js';
import { sum } from './ops/reduce-sum.js';
import { reshape } from './ops/reshape.js';
import { transpose } from './ops/transpose.js';
import type { Tensor } from './tensor.js';
import { requireSpace, type Windows } from './windows.js';

export type ConvAttributes = Omit<Windows, 'kernel'> & { readonly group: number };

/** The windows of a node whose weights are `w`. */
export const windowsBy = (w: TensorSpec, { strides, dilations, pads }: ConvAttributes): Windows => ({
  kernel: w.shape.slice(2),
  strides,
  dilations,
  pads,
});

/** Checks operands `[x, w]` or `[x, w, bias]`; `fits` compares their channels. */
export function checkConvolution(name: string, inputs: readonly TensorSpec[], fits: boolean, layout: string, channels: number): void {
  const [x, w, bias] = inputs;
  requireSameDType(name, inputs);
  requireDType(name, x, FLOATS, 'operands');
  requireSpace(name, inputs);
  if (w.shape.length !== x.shape.length || !fits) {
    const expected = `an input [batch, channels in, …space] and weights ${layout}, with as many spatial axes`;
    throw shapeError(name, 'input and weights do not fit', inputs, expected);
  }
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== channels)) {
    throw shapeError(name, 'the bias does not fit', inputs, `[${channels}], a number for each channel`);
  }
}

/** @throws `INVALID_ARGUMENT` unless `groups` counts something. */
export function checkGroups(name: string, groups: number): void {
  if (Number.isInteger(groups) && groups > 0) return;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `${name}: 'groups' does not fit`,
    received: String(groups),
    expected: 'a whole number of 1 or more',
  });
}

/** What flows to the bias: the sum over everything but the channels. */
export const biasGradient = (g: Tensor): Tensor => sum(g, { axes: g.shape.map((_, axis) => axis).filter((axis) => axis !== 1) });

/**
 * The batching rule. Batched inputs become more images; with batched weights the examples become channels: of one group where
 * all examples share the input, else each of its own.
 *
 * @param beside The weights `[size, …]` of all examples as weights of one node, the examples' channels side by side in each group.
 */
export function batchConvolution<A extends ConvAttributes>(
  operator: Operator<A>,
  { inputs, batched, size, attributes }: BatchContext<A>,
  beside: (w: Tensor, size: number, group: number) => Tensor,
): Tensor {
  const [x, w, bias] = inputs;
  const run = (images: Tensor, weights: Tensor, group: number): Tensor => apply(operator, [images, weights], { ...attributes, group })[0];
  let y: Tensor;
  if (!batched[1]) {
    const all = run(batched[0] ? reshape(x, [-1, ...x.shape.slice(2)]) : x, w, attributes.group);
    y = batched[0] ? reshape(all, [size, -1, ...all.shape.slice(1)]) : all;
  } else if (batched[0]) {
    const [, n, channels, ...space] = x.shape;
    const images = reshape(transpose(x, secondFirst(x)), [n, size * channels, ...space]);
    const all = run(images, reshape(w, [-1, ...w.shape.slice(2)]), size * attributes.group);
    const apart = reshape(all, [n, size, -1, ...all.shape.slice(2)]);
    y = transpose(apart, secondFirst(apart));
  } else {
    const all = run(x, beside(w, size, attributes.group), attributes.group);
    const [n, channels, ...space] = all.shape;
    const apart = reshape(all, [n, attributes.group, size, channels / attributes.group / size, ...space]);
    y = reshape(transpose(apart, [2, 0, 1, 3, ...space.map((_, i) => 4 + i)]), [size, n, channels / size, ...space]);
  }
  if (bias === undefined) return y;
  const ones = w.shape.slice(batched[1] ? 3 : 2).map(() => 1);
  return add(y, reshape(bias, batched[2] ? [size, 1, -1, ...ones] : [-1, ...ones]));
}

const secondFirst = (x: Tensor): number[] => x.shape.map((_, axis) => (axis < 2 ? 1 - axis : axis));
