/** Conv and ConvTranspose of float64, which ONNX Runtime lacks, as matrix products of unfolded windows. */
import { add, fold, matmul, reshape, sizeOf, transpose, unfold, type RewriteRule, type Tensor } from '@gradus/graph';

/** The attributes that both have. */
interface Attributes {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly group: number;
}

export const wideConvolution: RewriteRule = (node, inputs) => {
  const { operator, outputs } = node;
  if (outputs[0].dtype !== 'float64' || (operator.name !== 'Conv' && operator.name !== 'ConvTranspose')) return null;
  const [x, w, bias] = inputs;
  const { strides, dilations, pads, group } = node.attributes as unknown as Attributes;
  const rank = strides.length;
  const options = { strides, dilations, pads: strides.map((_, axis) => [pads[axis], pads[rank + axis]] as const) };
  const make = operator.name === 'Conv' ? convolution : transposed;
  const y = make(x, w, outputs[0].shape, options, group);
  return [bias === undefined ? y : add(y, reshape(bias, [-1, ...strides.map(() => 1)]))];
};

type Options = {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly (readonly [number, number])[];
};

function convolution(x: Tensor, w: Tensor, shape: readonly number[], options: Options, group: number): Tensor {
  const [o, perGroup, ...kernel] = w.shape;
  const windows = unfold(x, kernel, options);
  const columns = reshape(windows, [x.shape[0], group, perGroup * sizeOf(kernel), sizeOf(shape.slice(2))]);
  return reshape(matmul(reshape(w, [group, o / group, perGroup * sizeOf(kernel)]), columns), shape);
}

function transposed(x: Tensor, w: Tensor, shape: readonly number[], options: Options, group: number): Tensor {
  const [n, c, ...counts] = x.shape;
  const [, perGroup, ...kernel] = w.shape;
  const weights = transpose(reshape(w, [group, c / group, perGroup * sizeOf(kernel)]), [0, 2, 1]);
  const columns = matmul(weights, reshape(x, [n, group, c / group, sizeOf(counts)]));
  return fold(reshape(columns, [n, shape[1], sizeOf(kernel), ...counts]), shape.slice(2), kernel, options);
}
