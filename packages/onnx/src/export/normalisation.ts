/** Batch normalisation with known statistics: as the one operator that ONNX has for it, or as a part of the weights before it. */
import {
  add,
  apply,
  batchNorm,
  divide,
  multiply,
  NDArray,
  ones,
  reshape,
  rewrite,
  sameShape,
  sqrt,
  subtract,
  SymbolicTensor,
  zeros,
  type Graph,
  type Node,
  type Operator,
  type RewriteRule,
  type Tensor,
} from '@gradus/graph';
import type { Parameter } from './trace-model.js';

/** Inputs: x `[batch, channels, …]`, then scale, bias, mean and variance `[channels]`. */
const BatchNormalization: Operator<{ epsilon: number }> = {
  name: 'BatchNormalization',
  infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
  kernel: ([x, scale, bias, mean, variance], { epsilon }) => [batchNorm(x, { mean, variance }, { scale, bias, epsilon }) as NDArray],
  onnx: ({ epsilon }) => ({ attributes: { epsilon: { float: epsilon } } }),
};

const nodeOf = (tensor: Tensor, name: string): Node | null =>
  tensor instanceof SymbolicTensor && tensor.node?.operator.name === name ? tensor.node : null;

/** The vector of channels that `alongChannels` laid along axis 1 of a tensor of `rank` axes. */
function channelsOf(tensor: Tensor, rank: number): Tensor | null {
  const vector = rank === 2 ? tensor : (nodeOf(tensor, 'Reshape')?.inputs[0] ?? tensor);
  const laid = [vector.shape[0], ...new Array<number>(rank - 2).fill(1)];
  return vector.shape.length === 1 && sameShape(tensor.shape, laid) ? vector : null;
}

/** `(x - mean) * (scale / √(variance + epsilon))`, as batchNorm() of @gradus/graph writes it. */
function scored(node: Node, inputs: readonly Tensor[]): readonly Tensor[] | null {
  const [centered, factors] = inputs;
  const difference = nodeOf(centered, 'Sub');
  if (node.operator.name !== 'Mul' || difference === null) return null;
  const [x, means] = difference.inputs;
  if (x.shape.length < 2) return null;
  const [mean, factor] = [channelsOf(means, x.shape.length), channelsOf(factors, x.shape.length)];
  if (mean === null || factor === null) return null;
  const product = nodeOf(factor, 'Mul');
  const [scale, rest] = product === null ? [ones(mean.shape, x.dtype), factor] : product.inputs;
  const shifted = nodeOf(nodeOf(nodeOf(rest, 'Reciprocal')?.inputs[0] ?? rest, 'Sqrt')?.inputs[0] ?? rest, 'Add');
  const epsilon = shifted?.inputs[1];
  if (shifted === null || !(epsilon instanceof NDArray) || epsilon.size !== 1) return null;
  // The attribute is a float32: what it cannot hold stays arithmetic.
  if (x.dtype === 'float64' && Math.fround(epsilon.item()) !== epsilon.item()) return null;
  if (![scale, mean, shifted.inputs[0]].every(({ shape }) => sameShape(shape, mean.shape))) return null;
  return apply(BatchNormalization, [x, scale, zeros(mean.shape, x.dtype), mean, shifted.inputs[0]], { epsilon: epsilon.item() });
}

/** A bias after one that has none yet. */
function biased(node: Node, inputs: readonly Tensor[]): readonly Tensor[] | null {
  const normal = node.operator.name === 'Add' ? nodeOf(inputs[0], 'BatchNormalization') : null;
  if (normal === null) return null;
  const [x, scale, none, mean, variance] = normal.inputs;
  const bias = channelsOf(inputs[1], x.shape.length);
  if (bias === null || !(none instanceof NDArray) || !sameShape(bias.shape, mean.shape)) return null;
  return apply(BatchNormalization, [x, scale, bias, mean, variance], normal.attributes as { epsilon: number });
}

/** The graph with every batch normalisation as one node. */
export const keepNormalisation = (graph: Graph): Graph =>
  rewrite(graph, () => [(node, inputs) => scored(node, inputs) ?? biased(node, inputs)]);

/**
 * The graph without batch normalisation: its factors are multiplied into the convolution or product before it where nothing else reads
 * that, and are a product and a sum of their own elsewhere.
 * @param name Is told what each new constant is to be called: as the weights that it stands for.
 */
export function foldNormalisation(graph: Graph, parameters: readonly Parameter[], name: Name): Graph {
  const known: Known = new Map(parameters.map((parameter) => [parameter.symbol, parameter]));
  return rewrite(keepNormalisation(graph), ({ nodes, outputs }) => {
    const readers = new Map<Tensor, number>();
    for (const tensor of [...nodes.flatMap(({ inputs }) => inputs), ...outputs]) readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
    const rule: RewriteRule = (node, inputs) => {
      if (node.operator.name !== 'BatchNormalization') return null;
      const numbers = inputs.slice(1).map((input) => valueOf(input, known));
      if (numbers.includes(null)) return null;
      const [scale, bias, mean, variance] = numbers as NDArray[];
      const factor = divide(scale, sqrt(add(variance, node.attributes.epsilon as number))) as NDArray;
      const shift = subtract(bias, multiply(mean, factor)) as NDArray;
      const alone = readers.get(node.inputs[0]) === 1;
      const folded = alone
        ? (intoConvolution(inputs[0], factor, shift, known, name) ?? intoProduct(inputs[0], factor, shift, known, name))
        : null;
      if (folded !== null) return [folded];
      const part = partOf(node.inputs[1], known);
      return [add(multiply(inputs[0], named(along(factor, inputs[0]), `${part}scale`)), named(along(shift, inputs[0]), `${part}bias`))];
    };
    const named = (array: NDArray, as: string): NDArray => (name(array, as), array);
    return [rule];
  });
}

type Known = ReadonlyMap<Tensor, Parameter>;
type Name = (array: NDArray, as: string) => void;

const valueOf = (tensor: Tensor, known: Known): NDArray | null => (tensor instanceof NDArray ? tensor : (known.get(tensor)?.array ?? null));

/** `encoder.` of the parameter `encoder.scale`. */
function partOf(tensor: Tensor, known: Known): string {
  const name = known.get(tensor)?.name ?? '';
  return name.slice(0, name.lastIndexOf('.') + 1);
}

const along = (vector: NDArray, x: Tensor): NDArray => reshape(vector, [-1, ...x.shape.slice(2).map(() => 1)]) as NDArray;

type Fold = (x: Tensor, factor: NDArray, shift: NDArray, known: Known, name: Name) => Tensor | null;

/** Every filter times the factor of its channel. */
const intoConvolution: Fold = (x, factor, shift, known, name) => {
  const node = nodeOf(x, 'Conv');
  const [input, weight, bias] = node?.inputs ?? [];
  const kernel = weight === undefined ? null : valueOf(weight, known);
  const own = bias === undefined ? zeros(shift.shape, shift.dtype) : valueOf(bias, known);
  if (node === null || kernel === null || own === null) return null;
  const filters = multiply(kernel, reshape(factor, [-1, ...kernel.shape.slice(1).map(() => 1)])) as NDArray;
  const sums = add(multiply(own, factor), shift) as NDArray;
  name(filters, known.get(weight)?.name ?? 'weight');
  name(sums, bias === undefined ? `${partOf(weight, known)}bias` : (known.get(bias)?.name ?? 'bias'));
  return apply(node.operator, [input, filters, sums], node.attributes)[0];
};

/** Every column times the factor of its feature. */
const intoProduct: Fold = (x, factor, shift, known, name) => {
  const sum = nodeOf(x, 'Add');
  const product = nodeOf(sum?.inputs[0] ?? x, 'MatMul');
  const bias = sum?.inputs[1];
  const [input, weight] = product?.inputs ?? [];
  const matrix = weight === undefined ? null : valueOf(weight, known);
  const own = bias === undefined ? zeros(shift.shape, shift.dtype) : valueOf(bias, known);
  if (product === null || matrix === null || own === null || matrix.shape.length !== 2 || own.shape.length !== 1) return null;
  const columns = multiply(matrix, factor) as NDArray;
  const sums = add(multiply(own, factor), shift) as NDArray;
  name(columns, known.get(weight)?.name ?? 'weight');
  name(sums, bias === undefined ? `${partOf(weight, known)}bias` : (known.get(bias)?.name ?? 'bias'));
  return add(apply(product.operator, [input, columns], product.attributes)[0], sums);
};
