/** What an operator is, and how one is applied: at once on arrays, as a new node on symbols. */
import { isFloat, type DType, type TensorSpec } from './dtype.js';
import { GradusError } from './errors.js';
import type { Graph } from './graph.js';
import { NDArray } from './ndarray.js';
import { currentLine } from './origin.js';
import { formatShape, sizeOf } from './shape.js';
import { isTensor, Node, SymbolicTensor, type Tensor } from './tensor.js';

/** A graph is the body of a control-flow operator. */
export type AttributeValue = number | string | readonly number[] | Graph;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** What a gradient rule sees. `cotangents[i]` is the gradient of output `i`, `null` when nothing depends on it. */
export interface GradientContext<A extends Attributes = Attributes> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly cotangents: readonly (Tensor | null)[];
  /** Inputs whose gradient somebody reads; a rule that would do much for the others asks. */
  readonly wanted: readonly boolean[];
  /** `cotangents[0]`, for operators with one output. */
  readonly cotangent: Tensor;
  readonly attributes: A;
}

/** What a batching rule sees: the inputs, of which those marked hold one example per index of their first axis. */
export interface BatchContext<A extends Attributes = Attributes> {
  readonly inputs: readonly Tensor[];
  /** At least one is `true`. */
  readonly batched: readonly boolean[];
  /** The number of examples. */
  readonly size: number;
  readonly attributes: A;
}

/** An attribute of an ONNX node, with its ONNX type. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly string: string };

/** A body as ONNX has it: an inner graph with inputs of its own, which reads values around it by name. */
export interface OnnxBody {
  readonly graph: Graph;
  /** For each input of the graph: the node's input that it reads by name, or `null` for an input of the body. */
  readonly reads: readonly (number | null)[];
  /** Inputs of the body before those of the graph, which nothing reads (a Loop's counter and condition). */
  readonly unread?: readonly TensorSpec[];
}

/** How a node is written in ONNX where that is not simply its name and its inputs. */
export interface OnnxForm {
  /** Default: the operator's name. */
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Constant inputs after the node's own: shapes, axes, pads. */
  readonly constants?: readonly NDArray[];
  /** How many of the node's inputs are written as such; its bodies read the others by name. Default: all. */
  readonly inputs?: number;
  /** Optional inputs before the node's own that are left out. */
  readonly omitted?: number;
  /** Bodies of a control-flow operator, by attribute. */
  readonly bodies?: Readonly<Record<string, OnnxBody>>;
}

/**
 * One operator with its ONNX meaning. Adding one is adding a file under `ops/` (and its cases file): see `ops/tanh.ts`.
 */
export interface Operator<A extends Attributes = Attributes> {
  /** The ONNX operator's name (opset 18). */
  readonly name: string;
  /** The shape rule: specs of the outputs. Throws a coded error on operands the operator does not take. */
  infer(inputs: readonly TensorSpec[], attributes: A): readonly TensorSpec[];
  /** Computes the outputs of concrete inputs (the JavaScript interpreter's kernel). Never changes an input's data; may share it. */
  kernel(inputs: readonly NDArray[], attributes: A, outputs: readonly TensorSpec[]): readonly NDArray[];
  /** Gradients of the inputs, written with other operators; `null` for an input without one. Absent: no gradient flows. */
  readonly gradient?: (context: GradientContext<A>) => readonly (Tensor | null)[];
  /** Computes all examples of a batch at once; every output has the batch as first axis. Absent: one example after the other. */
  readonly batch?: (context: BatchContext<A>) => readonly Tensor[];
  /** Its outputs are its first inputs: it steers differentiation, and nothing of it is computed or written. */
  readonly transparent?: true;
  readonly onnx?: (attributes: A, inputs: readonly TensorSpec[], outputs: readonly TensorSpec[]) => OnnxForm;
}

/** The most elements that an operator may compute at once; see `withElementLimit`. */
let mostElements = Infinity;

/**
 * Runs `make`, in which no operator computes an array of more than `elements` at once: for models from elsewhere, in which few bytes can ask
 * for any amount of memory. Symbols may be of any size, since they have none.
 * @throws `TOO_LARGE` before anything is allocated.
 */
export function withElementLimit<T>(elements: number, make: () => T): T {
  const before = mostElements;
  mostElements = elements;
  try {
    return make();
  } finally {
    mostElements = before;
  }
}

/** Throws `TOO_LARGE` for a shape of more elements than may be computed at once. */
export function checkElements(what: string, shape: readonly number[]): void {
  const size = sizeOf(shape);
  if (size <= mostElements) return;
  throw new GradusError('TOO_LARGE', {
    what: `${what} would be larger than what is computed at once here`,
    received: `${formatShape(shape)}: ${size} elements`,
    expected: `${mostElements} elements at most`,
  });
}

/**
 * Applies an operator: computes at once when every input is an array, else makes a node.
 * @throws `INVALID_ARGUMENT` for an operand that is no tensor; what the operator's shape rule throws.
 */
export function apply<A extends Attributes>(operator: Operator<A>, inputs: readonly Tensor[], attributes: A): readonly Tensor[] {
  const stranger = inputs.findIndex((input) => !isTensor(input));
  if (stranger >= 0) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `${operator.name}: operand ${stranger + 1} is not a tensor`,
      received: inputs[stranger] === null ? 'null' : typeof inputs[stranger],
      fix: inputs[stranger] === undefined ? 'Check the names of parameters and fields of the batch.' : 'Make one with asarray().',
      at: currentLine(),
    });
  }
  const specs = operator.infer(inputs, attributes);
  if (inputs.every((input) => input instanceof NDArray)) {
    for (const { shape } of specs) checkElements(operator.name, shape);
    return operator.kernel(inputs, attributes, specs);
  }
  return new Node(operator as unknown as Operator, inputs, attributes, specs).outputs;
}

export const formatSpec = (spec: TensorSpec): string => `${spec.dtype}${formatShape(spec.shape)}`;

/** An operand as messages show it: with its name, where the user gave it one. */
const describe = (spec: TensorSpec): string =>
  `${spec instanceof SymbolicTensor && spec.name !== null ? `${spec.name} ` : ''}${formatSpec(spec)}`;

/** Throws `DTYPE_MISMATCH` unless `input` has one of the element types. */
export function requireDType(operator: string, input: TensorSpec, allowed: readonly DType[], name = 'the input'): void {
  if (!allowed.includes(input.dtype)) {
    throw new GradusError('DTYPE_MISMATCH', {
      what: `${operator} does not take ${name} of type ${input.dtype}`,
      received: describe(input),
      expected: allowed.join(' or '),
      fix: `Convert it first: cast(x, '${allowed[0]}').`,
      at: currentLine(),
    });
  }
}

/** Throws `DTYPE_MISMATCH` unless all inputs have the first one's element type. */
export function requireSameDType(operator: string, inputs: readonly TensorSpec[]): void {
  const other = inputs.find((input) => input.dtype !== inputs[0].dtype);
  if (other !== undefined) {
    throw new GradusError('DTYPE_MISMATCH', {
      what: `${operator}: operands of different element types`,
      received: inputs.map(describe).join(' and '),
      expected: 'one element type (Gradus converts nothing by itself)',
      // Whole numbers beside floats are the data, hardly the parameters.
      fix: `Convert one of them: cast(x, '${(inputs.find(({ dtype }) => isFloat(dtype)) ?? inputs[0]).dtype}').`,
      at: currentLine(),
    });
  }
}

/** A coded shape error that names the operator and shows every operand. */
export function shapeError(operator: string, problem: string, inputs: readonly TensorSpec[], expected: string, fix?: string): GradusError {
  return new GradusError('SHAPE_MISMATCH', {
    what: `${operator}: ${problem}`,
    received: inputs.map(describe).join(' and '),
    expected,
    fix,
    at: currentLine(),
  });
}
