/** What a model computes for given inputs, as a graph: `predict`, and the strict reading of its outputs where the model has one. */
import type { Model, Params, TensorBatch, TensorParams } from '@gradus/core';
import { GradusError, trace, type Graph, type NDArray, type Tensor, type TensorSpec, type Traced } from '@gradus/graph';

import { constantOf } from '../import/named-constant.js';

/** A model whose outputs have a strict reading, for use after training: decisions in place of probabilities, refusals as flags. */
export interface DecodingModel extends Model {
  /** Traced after `predict`. */
  decode?(outputs: Tensor | TensorParams): Tensor | TensorParams;
}

/** The parameters to compute with, and what the model keeps beside them. A `TrainState` is one. */
export interface ModelState {
  readonly params: Params;
  readonly buffers?: Params;
}

export interface TracedModel {
  readonly graph: Graph;
  /** Puts the graph's outputs back into what the function returns. */
  readonly unflatten: Traced<Tensor | TensorParams>['unflatten'];
  /** Parameters and buffers, which are the first inputs of the graph. */
  readonly parameters: readonly Parameter[];
  /** What is not trained but has a name: initializers of an imported file. */
  readonly constants: readonly Parameter[];
}

/** A named array, and the symbol that stands for it. */
export interface Parameter {
  readonly symbol: Tensor;
  readonly name: string;
  readonly array: NDArray;
}

/** @throws `INVALID_MODEL` for a model that cannot be traced. */
export function checkTraceable(model: Model): void {
  if (typeof model.predict !== 'function') {
    throw new GradusError('INVALID_MODEL', {
      what: `Model '${model.name}' has no predict`,
      expected: 'a function predict(params, inputs, context)',
    });
  }
  if (model.loss !== undefined || model.pseudoGradients !== undefined) return;
  throw new GradusError('INVALID_MODEL', {
    what: `Model '${model.name}' is a black box, which has no graph to export`,
    received: 'a predict of arrays',
    expected: 'a model with a loss or pseudo-gradients in tensors, whose predict is traced too',
    fix: 'Write the model in tensors: for a chain of @gradus/hypercausal use tensorSequenceModel().',
  });
}

/**
 * Traces a model on inputs of these specs. The graph's inputs are named as parameters, buffers and inputs are; the random key is `key`.
 * @throws `DUPLICATE_NAME` where an input has the name of a parameter; what the model throws.
 */
export function traceModel(
  model: DecodingModel,
  state: ModelState,
  inputs: Readonly<Record<string, TensorSpec>>,
  decoded: boolean,
): TracedModel {
  const { params, buffers = {} } = state;
  const fn = (p: TensorParams, own: TensorParams, data: TensorBatch, key: Tensor): Tensor | TensorParams => {
    const outputs = model.predict!(p, data, { key, training: false, emit: null, buffers: own, variables: {} }) as Tensor | TensorParams;
    return decoded && model.decode !== undefined ? model.decode(outputs) : outputs;
  };
  const { graph, unflatten } = trace(fn, params, buffers, inputs, { dtype: 'uint32', shape: [2] } as TensorSpec);
  const names = [...Object.keys(params), ...Object.keys(buffers), ...Object.keys(inputs), 'key'];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new GradusError('DUPLICATE_NAME', {
      what: `Model '${model.name}' has two values of one name`,
      received: `'${twice}' among parameters, buffers and inputs`,
      fix: 'Name the inputs otherwise.',
    });
  }
  const arrays = [...Object.values(params), ...Object.values(buffers)];
  const parameters = arrays.map((array, i): Parameter => ({ symbol: graph.inputs[i], name: names[i], array }));
  const constants = graph.nodes.flatMap(({ outputs: [symbol] }): Parameter[] => {
    const constant = constantOf(symbol);
    return constant === undefined ? [] : [{ symbol, ...constant }];
  });
  return { graph: { ...graph, inputNames: names }, unflatten, parameters, constants };
}
