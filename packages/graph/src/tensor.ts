/** What operators take and give: concrete arrays, or symbols that stand for a value inside a graph. */
import { isFloat, type DType, type TensorSpec } from './dtype.js';
import { GradusError } from './errors.js';
import { NDArray, scalar } from './ndarray.js';
import { captureOrigin, currentLine } from './origin.js';
import type { Attributes, Operator } from './operator.js';
import type { Shape } from './shape.js';

/** The origin of nodes that are made for another node: by its gradient, batching or rewriting rule. */
let inherited: Error | null = null;

/** Runs `make`, whose nodes count as made where `node` was. */
export function madeFor<T>(node: Node, make: () => T): T {
  const before = inherited;
  inherited = node.origin;
  try {
    return make();
  } finally {
    inherited = before;
  }
}

/** One application of an operator. Nodes are immutable and know only their inputs: a graph is what its outputs reach. */
export class Node {
  readonly operator: Operator;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly outputs: readonly SymbolicTensor[];
  /** The stack where it was made, for messages. */
  readonly origin: Error;

  constructor(operator: Operator, inputs: readonly Tensor[], attributes: Attributes, specs: readonly TensorSpec[]) {
    this.operator = operator;
    this.inputs = inputs;
    this.attributes = attributes;
    this.origin = inherited ?? captureOrigin();
    this.outputs = specs.map((spec, index) => new SymbolicTensor(spec.dtype, spec.shape, this, index));
  }
}

/** A value known only by element type and shape: output `index` of a node, or, without a node, an input of a graph. */
export class SymbolicTensor implements TensorSpec {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly node: Node | null;
  readonly index: number;
  /** For inputs of a graph: what the user calls it (`hidden.weight`), for messages. */
  readonly name: string | null;

  constructor(dtype: DType, shape: Shape, node: Node | null = null, index = 0, name: string | null = null) {
    this.dtype = dtype;
    this.shape = shape;
    this.node = node;
    this.index = index;
    this.name = name;
  }

  /** Operators of JavaScript would make NaN of a symbol, and comparisons `false`. @throws `INVALID_ARGUMENT` but for text. */
  [Symbol.toPrimitive](hint: string): string {
    const spec = `${this.dtype}[${this.shape.join(', ')}]`;
    if (hint === 'string') return spec;
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'A tensor in a graph has no value yet, so JavaScript cannot compute or compare with it',
      received: this.name === null ? spec : `${this.name} ${spec}`,
      fix: 'Use functions: add(a, b), greater(a, b), where(condition, a, b), cond().',
      at: currentLine(),
    });
  }
}

/** A concrete array or a symbol: every operator takes either. On arrays alone it computes at once. */
export type Tensor = NDArray | SymbolicTensor;

/** What operators accept: numbers and booleans take the element type of the other operand. */
export type TensorLike = Tensor | number | boolean;

export const isTensor = (value: unknown): value is Tensor => value instanceof NDArray || value instanceof SymbolicTensor;

/**
 * Turns a number into a scalar array of `dtype`; leaves tensors alone. Default: `float32`, or `bool` for a boolean.
 * @throws `DTYPE_MISMATCH` for a fraction, NaN or infinity that should become an integer; `INVALID_ARGUMENT` for what is neither a
 *   tensor nor a number or boolean, such as a misspelt parameter.
 */
export function toTensor(value: TensorLike, dtype?: DType): Tensor {
  if (isTensor(value)) return value;
  if (typeof value !== 'number' && typeof value !== 'boolean') throw noOperand(value);
  const type = dtype ?? (typeof value === 'boolean' ? 'bool' : 'float32');
  if (typeof value === 'number' && !Number.isInteger(value) && !isFloat(type)) {
    throw new GradusError('DTYPE_MISMATCH', {
      what: `A number takes the other operand's element type, and ${type} cannot hold this one`,
      received: String(value),
      expected: 'a whole number, or a float tensor beside it',
      fix: "Convert the tensor first: cast(x, 'float32').",
    });
  }
  return scalar(value, type);
}

function noOperand(value: unknown): GradusError {
  const isList = Array.isArray(value);
  return new GradusError('INVALID_ARGUMENT', {
    what: 'An operand is not a tensor',
    received: value === null ? 'null' : isList ? 'a list' : typeof value,
    expected: 'a tensor, a number or a boolean',
    fix: isList ? 'Make one with asarray().' : value === undefined ? 'Check the names of parameters and fields of the batch.' : undefined,
    at: currentLine(),
  });
}
