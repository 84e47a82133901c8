/** How an ONNX operator becomes functions of `@gradus/graph`. */
import type { Tensor } from '@gradus/graph';
import type { Call } from './call.js';
import type { Value } from './value.js';

/** Gives the outputs of a node, or its only output when that is a tensor. One that is `undefined` is not imported. */
export type Rule = (call: Call) => Tensor | readonly (Value | undefined)[];

/** Rules by operator; those of other domains than ONNX's own as `domain.Operator`. */
export type Rules = Readonly<Record<string, Rule>>;
