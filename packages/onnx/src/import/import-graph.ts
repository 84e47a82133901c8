/** ONNX models as functions of tensors: to run, to trace, to train further. */
import {
  formatSpec,
  GradusError,
  isFloat,
  isGradusError,
  isTensor,
  sameShape,
  withElementLimit,
  type DType,
  type NDArray,
  type Tensor,
} from '@gradus/graph';
import { requireElementType, toNDArray } from '../decode-tensor.js';
import type { DimensionProto, ModelProto, TensorProto, ValueProto } from '../proto.js';
import { evaluate, functionKey, read } from './evaluate.js';
import type { Mode } from './mode.js';
import { Scope } from './scope.js';
import { isSequence, type Value } from './value.js';

export interface ImportOptions {
  /** Values of inputs that decide shapes, by name; they are no inputs of the imported graph then. */
  readonly constants?: Readonly<Record<string, NDArray>>;
  /** Against files that ask for more than there is. */
  readonly limits?: {
    /** The most elements of a constant that is computed while the model is applied. Default: 2^27, or twice those of all initializers. */
    readonly elements?: number;
    /** The longest axis of any value. Default: 2^26. */
    readonly axis?: number;
  };
}

/** An input of an imported model. `dtype` and `shape` are those of a tensor; `null` for sequences and where the file has none. */
export interface ImportedInput {
  readonly name: string;
  readonly dtype: DType | null;
  /** A dimension is a size, the name of a free size, or `null` for an unknown one. */
  readonly shape: readonly DimensionProto[] | null;
}

/** A model as a function. `Out` is what its outputs are; say `Value` for a model that gives sequences. */
export interface ImportedGraph<Out extends Value = Tensor> {
  /** The inputs still to be given, in the model's order. */
  readonly inputs: readonly ImportedInput[];
  /** Names of the outputs, in the model's order. */
  readonly outputs: readonly string[];
  /** The float initializers by name: what training changes. */
  readonly params: Readonly<Record<string, NDArray>>;
  /**
   * Applies the model: at once on arrays; inside `trace`, `grad` or `vmap` as a part of what is traced.
   *
   * @param inputs One tensor per input, by name.
   * @param params What stands for initializers, by name. Default: the model's own values.
   * @param mode How batch normalisation and dropout are to be applied. Default: as the file says.
   * @returns The outputs by name.
   * @throws `INVALID_ARGUMENT`, `DTYPE_MISMATCH` or `SHAPE_MISMATCH` for inputs that do not fit; `UNSUPPORTED_OPERATOR` for a
   * node without a rule; `NOT_CONSTANT` when shapes depend on a symbol; `TOO_LARGE` for a constant beyond the limits.
   */
  apply(inputs: Readonly<Record<string, Value>>, params?: Readonly<Record<string, Tensor>>, mode?: Mode | null): Record<string, Out>;
}

/**
 * Makes a function of a decoded model. Its nodes become functions of `@gradus/graph`, so that the result runs on every
 * engine, can be differentiated with respect to its inputs and initializers, and can be exported again.
 *
 * Shapes are fixed when the function is applied: what decides them (the new shape of Reshape, axes, pads, …) must be an
 * initializer, be computed from known values and shapes, or be given in `constants`.
 *
 * @throws `INVALID_ARGUMENT` for a constant that is no input of the model; `DTYPE_MISMATCH` for an input of an element type that
 * Gradus does not compute with.
 * @example
 * const model = importGraph(decodeModel(readFileSync('classifier.onnx')));
 * const loss = (params: Record<string, Tensor>) => mean(square(subtract(model.apply({ x }, params).y, target)));
 * const [value, gradients] = valueAndGrad(loss)(model.params);
 */
export function importGraph<Out extends Value = Tensor>(model: ModelProto, options: ImportOptions = {}): ImportedGraph<Out> {
  const { constants = {} } = options;
  const { graph } = model;
  const { arrays: initializers, unreadable } = readInitializers(graph.initializers);
  const declared = graph.inputs.filter(({ name }) => !initializers.has(name) && !unreadable.has(name));
  const free = declared.filter(({ name }) => !Object.hasOwn(constants, name));
  const functions = new Map(model.functions.map((fn) => [functionKey(fn, fn.name), fn]));
  const outputs = graph.outputs.map(({ name }) => name);
  requireNames('importGraph: no such input', Object.keys(constants), namesOf(declared));
  for (const input of declared) if (Object.hasOwn(constants, input.name)) checkInput(input, constants[input.name]);

  const params = Object.fromEntries([...initializers].filter(([, array]) => isFloat(array.dtype)));
  const total = [...initializers.values()].reduce((sum, { size }) => sum + size, 0);
  const longest = options.limits?.axis ?? 2 ** 26;
  const limit = options.limits?.elements ?? Math.max(2 ** 27, 2 * total);

  return {
    inputs: free.map(inputOf),
    outputs,
    params,
    apply(inputs, given = params, mode = null) {
      requireNames('The model has no such input', Object.keys(inputs), namesOf(free));
      requireNames('The model has no such initializer', Object.keys(given), [...initializers.keys()]);

      const origins = new Map<Tensor, string>();
      const scope = new Scope({ functions, unreadable, origins, mode, longest }, { opsets: model.opsets });
      const define = (name: string, value: Value): void => {
        scope.set(name, value);
        for (const tensor of tensorsOf(value)) origins.set(tensor, name);
      };
      for (const [name, value] of initializers) {
        const actual = Object.hasOwn(given, name) ? given[name] : value;
        if (actual.dtype !== value.dtype || !sameShape(actual.shape, value.shape)) {
          throw new GradusError('SHAPE_MISMATCH', {
            what: `The parameter '${name}' does not fit the model`,
            received: formatSpec(actual),
            expected: formatSpec(value),
          });
        }
        define(name, actual);
      }
      for (const [name, value] of Object.entries(constants)) define(name, value);
      for (const input of free) {
        const value = Object.hasOwn(inputs, input.name) ? inputs[input.name] : undefined;
        checkInput(input, value);
        checkLength(input.name, value, longest);
        define(input.name, value);
      }
      withElementLimit(limit, () => evaluate(graph.nodes, scope));
      return Object.fromEntries(outputs.map((name) => [name, read(scope, name) as Out]));
    },
  };
}

/** Initializers as arrays. One that cannot be, because of its element type or its file, matters only when it is read. */
function readInitializers(tensors: readonly TensorProto[]): { arrays: Map<string, NDArray>; unreadable: Map<string, GradusError> } {
  const arrays = new Map<string, NDArray>();
  const unreadable = new Map<string, GradusError>();
  for (const tensor of tensors) {
    try {
      arrays.set(tensor.name, toNDArray(tensor));
    } catch (error) {
      if (!isGradusError(error)) throw error;
      unreadable.set(tensor.name, error);
    }
  }
  return { arrays, unreadable };
}

const tensorsOf = (value: Value): Tensor[] => (value === null ? [] : isSequence(value) ? value.flatMap(tensorsOf) : [value]);

function inputOf({ name, type }: ValueProto): ImportedInput {
  if (type?.kind !== 'tensor') return { name, dtype: null, shape: null };
  requireElementType(`Input '${name}'`, type.elementType);
  return { name, dtype: type.elementType, shape: type.shape };
}

/** Throws unless the value fits what the file says of the input. */
function checkInput({ name, type }: ValueProto, value: Value | undefined): asserts value is Value {
  if (value === undefined) {
    throw new GradusError('INVALID_ARGUMENT', { what: `The input '${name}' of the model is missing`, fix: 'Give it by its name.' });
  }
  if (type?.kind !== 'tensor' || !isTensor(value)) return;
  requireElementType(`Input '${name}'`, type.elementType);
  if (value.dtype !== type.elementType) {
    throw new GradusError('DTYPE_MISMATCH', {
      what: `The input '${name}' of the model has another element type`,
      received: formatSpec(value),
      expected: type.elementType,
    });
  }
  const { shape } = type;
  if (shape === null) return;
  if (shape.length !== value.shape.length || shape.some((n, i) => typeof n === 'number' && n !== value.shape[i])) {
    throw new GradusError('SHAPE_MISMATCH', {
      what: `The input '${name}' of the model has another shape`,
      received: formatSpec(value),
      expected: `[${shape.map((n) => n ?? '?').join(', ')}]`,
    });
  }
}

/** Throws `TOO_LARGE` for an input with an axis that is longer than any list may be, or that is no size at all. */
function checkLength(name: string, value: Value, longest: number): void {
  if (!isTensor(value) || value.shape.every((n) => n >= 0 && n <= longest)) return;
  throw new GradusError('TOO_LARGE', {
    what: `The input '${name}' has an axis that is too long`,
    received: formatSpec(value),
    expected: `${longest} places at most`,
  });
}

const namesOf = (values: readonly ValueProto[]): string[] => values.map(({ name }) => name);

/** Throws `INVALID_ARGUMENT` for a name that is none of the known ones. */
function requireNames(what: string, given: readonly string[], known: readonly string[]): void {
  const stranger = given.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  throw new GradusError('INVALID_ARGUMENT', { what, received: `'${stranger}'`, expected: known.length === 0 ? 'none' : known.join(', ') });
}
