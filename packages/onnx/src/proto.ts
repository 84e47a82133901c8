/**
 * An ONNX file as plain objects, message by message, as `decodeModel` gives them. Nothing is interpreted: 64-bit integers are
 * bigints, texts of attributes are bytes, tensors of every element type are there. `importGraph` makes them run.
 */
import type { ElementType } from './element-types.js';

/** A model file. */
export interface ModelProto {
  /** Version of the file format. */
  readonly irVersion: number;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: bigint;
  readonly docString: string;
  /** Version of each operator domain in use; the domain of ONNX itself is `''`. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: GraphProto;
  readonly functions: readonly FunctionProto[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** The graph of a model, or the body of a control-flow operator. */
export interface GraphProto {
  readonly name: string;
  readonly docString: string;
  /** Each after the nodes it reads. */
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueProto[];
  readonly outputs: readonly ValueProto[];
  /** Types of values inside the graph, where the file tells them. */
  readonly values: readonly ValueProto[];
}

/** One application of an operator, or of one of the model's functions. An input or output named `''` is left out. */
export interface NodeProto {
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  readonly overload: string;
  readonly docString: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeProto>;
}

/** The value of an attribute, named by its type. */
export type AttributeProto =
  | { readonly float: number }
  | { readonly int: bigint }
  | { readonly string: Uint8Array }
  | { readonly tensor: TensorProto }
  | { readonly graph: GraphProto }
  | { readonly floats: readonly number[] }
  | { readonly ints: readonly bigint[] }
  | { readonly strings: readonly Uint8Array[] }
  | { readonly tensors: readonly TensorProto[] }
  | { readonly graphs: readonly GraphProto[] }
  | { readonly type: TypeProto }
  | { readonly types: readonly TypeProto[] }
  /** Inside a function: the attribute of this name of the node that calls it. */
  | { readonly reference: string }
  /** A type that is not read, by its number in AttributeProto.AttributeType: sparse tensors. */
  | { readonly unread: number };

/** A tensor's elements, little-endian as in `raw_data`, wherever the file keeps them. */
export interface TensorProto {
  readonly name: string;
  readonly docString: string;
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  /** Empty for strings and for external data. */
  readonly bytes: Uint8Array;
  /** The elements of a `string` tensor. */
  readonly strings: readonly Uint8Array[];
  /** Where the elements are when they are in a file of their own: `location`, `offset`, `length`. */
  readonly external?: ReadonlyMap<string, string>;
}

/** A named value and its type; `null` where the file does not tell it. */
export interface ValueProto {
  readonly name: string;
  readonly docString: string;
  readonly type: TypeProto | null;
}

/** A size, the name of a size that is free at each run, or `null` for an unknown one. */
export type DimensionProto = number | string | null;

export type TypeProto =
  | { readonly kind: 'tensor' | 'sparse-tensor'; readonly elementType: ElementType; readonly shape: readonly DimensionProto[] | null }
  | { readonly kind: 'sequence' | 'optional'; readonly element: TypeProto | null }
  | { readonly kind: 'map'; readonly key: ElementType; readonly value: TypeProto | null }
  | { readonly kind: 'opaque' };

/** An operator that the model itself defines by a list of nodes. */
export interface FunctionProto {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly docString: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Names of attributes without a default. */
  readonly attributes: readonly string[];
  readonly attributeDefaults: ReadonlyMap<string, AttributeProto>;
  readonly nodes: readonly NodeProto[];
  readonly opsets: ReadonlyMap<string, number>;
}
