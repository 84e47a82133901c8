/** One node while it is imported: its inputs and attributes as its rule wants to read them. */
import { GradusError, isTensor, NDArray, type Tensor } from '@gradus/graph';
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from '../proto.js';
import type { Mode } from './mode.js';
import type { Scope } from './scope.js';
import { describe, isSequence, numbersOf, type Value } from './value.js';

/** Computes the values of `nodes`' graph: given by import-graph.ts, so that bodies of control flow can be run by rules. */
export type RunBody = (body: GraphProto, inputs: readonly Value[], outer: Scope) => readonly Value[];

const text = new TextDecoder();
const MOST = 2 ** 16;

export class Call {
  readonly node: NodeProto;
  /** Version of the operator set of the node's domain. */
  readonly version: number;
  /** The values of the node's inputs; `undefined` for one that is left out. */
  readonly values: readonly (Value | undefined)[];
  readonly #scope: Scope;
  readonly #run: RunBody;

  constructor(node: NodeProto, version: number, values: readonly (Value | undefined)[], scope: Scope, run: RunBody) {
    this.node = node;
    this.version = version;
    this.values = values;
    this.#scope = scope;
    this.#run = run;
  }

  /** The node as messages name it. */
  get label(): string {
    return labelOf(this.node);
  }

  /** How the model is applied: `null` where each node does what the file says. */
  get mode(): Mode | null {
    return this.#scope.context.mode;
  }

  /** The longest axis that a value may have. */
  get longest(): number {
    return this.#scope.context.longest;
  }

  /** Whether the node is part of a loop or a branch. */
  get inBody(): boolean {
    return this.#scope.inBody;
  }

  /** Whether input `i` is there. */
  has(i: number): boolean {
    return this.values[i] !== undefined;
  }

  /** Input `i`, a tensor. @throws `INVALID_ONNX` when it is left out or is none. */
  input(i: number): Tensor {
    const value = this.values[i];
    if (isTensor(value)) return value;
    throw this.#wrongInput(i, value, 'a tensor');
  }

  /** Input `i`, or `undefined` when it is left out. */
  optional(i: number): Tensor | undefined {
    return this.has(i) ? this.input(i) : undefined;
  }

  /** Every input from `first` on, all tensors. */
  tensors(first = 0): Tensor[] {
    return this.values.slice(first).map((_, i) => this.input(first + i));
  }

  /** Input `i`, a sequence. */
  sequence(i: number): readonly Value[] {
    const value = this.values[i];
    if (value !== undefined && isSequence(value)) return value;
    throw this.#wrongInput(i, value, 'a sequence');
  }

  /**
   * Input `i` as an array that is known now, because shapes or axes depend on it.
   * @throws `NOT_CONSTANT`, with the names of the model's inputs it depends on as `data.inputs`.
   */
  array(i: number): NDArray {
    const value = this.input(i);
    if (value instanceof NDArray) return value;
    throw this.notConstant(`input '${this.node.inputs[i]}'`, value);
  }

  /** An error for something that decides shapes or axes and is computed from the model's inputs. */
  notConstant(what: string, value?: Value): GradusError {
    const inputs = isTensor(value) ? this.#scope.originsOf(value) : [];
    return new GradusError('NOT_CONSTANT', {
      what: `${this.label}: ${what} decides shapes or axes, so it must be known when the model is imported`,
      received: inputs.length > 0 ? `a value that depends on ${inputs.map((name) => `'${name}'`).join(', ')}` : 'a computed value',
      fix: 'Give it by name in the constants of importGraph, or leave it out of the params.',
      data: { inputs },
    });
  }

  /** The numbers of input `i`, known now; `undefined` when it is left out. */
  numbers(i: number): number[] | undefined {
    return this.has(i) ? numbersOf(this.array(i)) : undefined;
  }

  /** A list of integers that old operator sets have as an attribute and newer ones as input `i`. */
  list(attribute: string, i: number): number[] | undefined {
    return this.ints(attribute) ?? this.numbers(i);
  }

  /** An integer that old operator sets have as an attribute and newer ones as input `i`, a list of one or a scalar. */
  number(attribute: string, i: number): number | undefined {
    return this.int(attribute) ?? this.numbers(i)?.[0];
  }

  int(name: string): number | undefined;
  int(name: string, fallback: number): number;
  int(name: string, fallback?: number): number | undefined {
    const value = this.#attribute(name, 'int');
    return value === undefined ? fallback : Number(value);
  }

  /** An integer that says how many of something there are: what is larger than 2^16 is damage. @throws `INVALID_ONNX`. */
  count(name: string, fallback?: number): number {
    const value = this.int(name) ?? fallback;
    if (value !== undefined && value >= 1 && value <= MOST) return value;
    throw new GradusError('INVALID_ONNX', {
      what: `${this.label}: the attribute '${name}' is not usable`,
      received: value === undefined ? 'nothing' : String(value),
      expected: `a whole number from 1 to ${MOST}`,
    });
  }

  ints(name: string): number[] | undefined {
    return this.#attribute(name, 'ints')?.map(Number);
  }

  /** The same to the last digit: as a list, which an attribute of one integer makes too. */
  bigints(name: string): readonly bigint[] | undefined {
    const value = this.#find(name);
    return value !== undefined && 'int' in value ? [value.int] : this.#attribute(name, 'ints');
  }

  float(name: string): number | undefined;
  float(name: string, fallback: number): number;
  float(name: string, fallback?: number): number | undefined {
    return this.#attribute(name, 'float') ?? fallback;
  }

  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, 'floats');
  }

  string(name: string): string | undefined;
  string(name: string, fallback: string): string;
  string(name: string, fallback?: string): string | undefined {
    const value = this.#attribute(name, 'string');
    return value === undefined ? fallback : text.decode(value);
  }

  strings(name: string): string[] | undefined {
    return this.#attribute(name, 'strings')?.map((value) => text.decode(value));
  }

  tensor(name: string): TensorProto | undefined {
    return this.#attribute(name, 'tensor');
  }

  /** The body of a control-flow operator. @throws `INVALID_ONNX` when it is left out. */
  body(name: string): GraphProto {
    const body = this.#attribute(name, 'graph');
    if (body === undefined) throw new GradusError('INVALID_ONNX', { what: `${this.label} has no attribute '${name}'` });
    return body;
  }

  /** The outputs of a body on these inputs; it sees the names that this node sees. */
  run(body: GraphProto, inputs: readonly Value[]): readonly Value[] {
    return this.#run(body, inputs, this.#scope);
  }

  /** The same, where the outputs must be tensors. @throws `UNSUPPORTED_OPERATOR` when one is a sequence or an optional. */
  runTensors(body: GraphProto, inputs: readonly Value[]): Tensor[] {
    return this.tensorsAmong(this.run(body, inputs));
  }

  /** The values as what they must be, tensors. @throws `UNSUPPORTED_OPERATOR` when one is none. */
  tensorsAmong(values: readonly Value[]): Tensor[] {
    return values.map((value) => {
      if (isTensor(value)) return value;
      throw this.unsupported(`${describe(value)} where only tensors are imported`);
    });
  }

  /** An error for a form of the operator that is not imported. */
  unsupported(form: string, fix?: string): GradusError {
    const { type, domain } = this.node;
    return new GradusError('UNSUPPORTED_OPERATOR', {
      what: `${this.label} is not imported in this form`,
      received: form,
      fix,
      data: { operator: type, domain, version: this.version, form },
    });
  }

  #find(name: string): AttributeProto | undefined {
    const attribute = this.node.attributes.get(name);
    return attribute !== undefined && 'reference' in attribute ? this.#scope.attributes.get(attribute.reference) : attribute;
  }

  #attribute<K extends AttributeKey>(name: string, key: K): Extract<AttributeProto, Record<K, unknown>>[K] | undefined {
    const attribute = this.#find(name);
    if (attribute === undefined) return undefined;
    if (!(key in attribute)) {
      throw new GradusError('INVALID_ONNX', {
        what: `${this.label}: attribute '${name}' has another type`,
        received: Object.keys(attribute).join(),
        expected: key,
      });
    }
    return (attribute as Extract<AttributeProto, Record<K, unknown>>)[key];
  }

  #wrongInput(i: number, value: Value | undefined, expected: string): GradusError {
    return new GradusError('INVALID_ONNX', {
      what: `${this.label}: input ${i + 1} of another kind`,
      received: describe(value),
      expected,
    });
  }
}

type AttributeKey = AttributeProto extends infer A ? (A extends A ? keyof A : never) : never;

/** `Reshape 'name'`, with the domain where that is not ONNX's own. */
export function labelOf({ name, type, domain, outputs }: NodeProto): string {
  const operator = domain === '' ? type : `${domain}.${type}`;
  return `${operator} '${name || outputs[0]}'`;
}
