/** An ONNX model as plain objects: what is written to a file, and what a file is read into. */
import type { NDArray, Node, OnnxAttribute, DType } from '@gradus/graph';

/** A named value with its type. A dimension is a size, or the name of a size that is free at each run. */
export interface OnnxValue {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
}

/** An attribute with its ONNX type; `graph` is the body of a control-flow operator. */
export type OnnxAttributeValue = OnnxAttribute | { readonly graph: OnnxGraph };

export interface OnnxNode {
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttributeValue>>;
  /** A word to the reader. */
  readonly doc?: string;
  /** The node of the Gradus graph it came from, for messages. Not written. */
  readonly source?: Node;
}

export interface OnnxGraph {
  readonly name: string;
  readonly doc?: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: ReadonlyMap<string, NDArray>;
  /** Each after the nodes it reads. */
  readonly nodes: readonly OnnxNode[];
}
