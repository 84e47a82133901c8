/** A chain of nodes as a model for the trainer: a black box in float64, one whole sequence per batch. */
import type { Batch, Evaluation, Model, ModelContext, Params } from '@gradus/core';
import { NDArray } from '@gradus/graph';
import { isDepthAware, type DepthAware } from './depth-aware-backend.js';
import type { HCNode } from './node.js';
import { sequenceLosses, type SequenceTrace } from './sequence-losses.js';
import {
  absent,
  checkSequenceOptions,
  currentParams,
  lossDirections,
  parameterPlaces,
  requireSequence,
  requireTraining,
  type SequenceModelOptions,
} from './sequence-options.js';
import { SequencePass } from './sequence-pass.js';

export interface SequenceModel extends Model, DepthAware {
  /** The mean depth of the nodes that have one, 1 where none has. Setting it sets them all. */
  depth: number;
  /** The depth of each node that has one. */
  readonly depths: readonly number[];
  readonly nodes: readonly HCNode[];
}

/**
 * The chain as a model.
 *
 * - Parameters: one float64 array per backend parameter, `b<node>_<name>`, initially those of the backends.
 * - Batch: `x` and, to train, `target`, float64 `[T, D]`: the rows of a batch are the steps of one sequence, in order. Give the
 *   whole sequence as one batch, without shuffling.
 * - Loss: `total` of {@link sequenceLosses}; metrics `task`, `cons`, `coh`.
 * - `predict`: `{ state, future }`, float64 `[T, D]`: the last node's.
 * - Events: `step_begin` and `step_end` around each step of each pass.
 *
 * Parameters are set into the backends and stay there: after training they hold those of the last evaluation.
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH` for options that do not fit together.
 * @example
 * const nodes = [0.9, 0.97, 1.05].map((w) => new HCNode(new DepthAwareBackend({ outputDim: 3, w })));
 * const model = sequenceModel({ nodes, branches: 5, alpha: 0.8, beta: 1.2 });
 */
export function sequenceModel(options: SequenceModelOptions): SequenceModel {
  const branches = checkSequenceOptions(options);
  const nodes = [...options.nodes];
  const dim = nodes[0].backend.outputDim;
  const places = parameterPlaces(nodes);
  const initial = currentParams(nodes);
  const deep = nodes.map(({ backend }) => backend).filter(isDepthAware);
  const pass = new SequencePass(nodes, branches);

  const load = (params: Params): void => {
    for (const { name, node, own } of places) {
      const array = params[name];
      if (array === undefined) throw absent(`parameter '${name}'`, name, Object.keys(params));
      nodes[node].backend.setParams({ [own]: array.data as Float64Array });
    }
  };
  const forward = (params: Params, x: NDArray, context: ModelContext): SequenceTrace => {
    load(params);
    return pass.run(x.data as Float64Array, x.shape[0], context.emit);
  };

  return {
    name: options.name ?? 'hypercausal',
    metrics: lossDirections,
    nodes,
    init: () => initial,
    objective(params, batch, context): Evaluation {
      const { x, target } = requireTraining(batch, dim);
      const { total, ...metrics } = sequenceLosses(forward(params, x, context), target.data as Float64Array, options);
      return { loss: total, metrics };
    },
    predict(params, batch, context) {
      const x = requireSequence(batch as Batch, 'x', dim);
      const { states, futures } = forward(params as Params, x, context);
      return { state: new NDArray('float64', x.shape, states.slice()), future: new NDArray('float64', x.shape, futures.slice()) };
    },
    get depths() {
      return deep.map(({ depth }) => depth);
    },
    get depth() {
      return deep.length === 0 ? 1 : deep.reduce((sum, { depth }) => sum + depth, 0) / deep.length;
    },
    set depth(depth: number) {
      for (const backend of deep) backend.depth = depth;
    },
  };
}
