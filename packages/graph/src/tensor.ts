/** What operators take and give: concrete arrays, or symbols that stand for a value inside a graph. */
import type { DType, TensorSpec } from './dtype.js';
import { NDArray, scalar } from './ndarray.js';
import type { Attributes, Operator } from './operator.js';
import type { Shape } from './shape.js';

/** One application of an operator. Nodes are immutable and know only their inputs: a graph is what its outputs reach. */
export class Node {
  readonly operator: Operator;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly outputs: readonly SymbolicTensor[];

  constructor(operator: Operator, inputs: readonly Tensor[], attributes: Attributes, specs: readonly TensorSpec[]) {
    this.operator = operator;
    this.inputs = inputs;
    this.attributes = attributes;
    this.outputs = specs.map((spec, index) => new SymbolicTensor(spec.dtype, spec.shape, this, index));
  }
}

/** A value known only by element type and shape: output `index` of a node, or, without a node, an input of a graph. */
export class SymbolicTensor implements TensorSpec {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly node: Node | null;
  readonly index: number;

  constructor(dtype: DType, shape: Shape, node: Node | null = null, index = 0) {
    this.dtype = dtype;
    this.shape = shape;
    this.node = node;
    this.index = index;
  }
}

/** A concrete array or a symbol: every operator takes either. On arrays alone it computes at once. */
export type Tensor = NDArray | SymbolicTensor;

/** What operators accept: numbers and booleans take the element type of the other operand. */
export type TensorLike = Tensor | number | boolean;

export const isTensor = (value: unknown): value is Tensor => value instanceof NDArray || value instanceof SymbolicTensor;

/** Turns a number into a scalar array of `dtype`; leaves tensors alone. */
export const toTensor = (value: TensorLike, dtype: DType = 'float32'): Tensor =>
  isTensor(value) ? value : scalar(value, typeof value === 'boolean' && dtype === 'float32' ? 'bool' : dtype);
