/** The sequence loss in tensors: differentiable, compilable and exportable. Time is a batch axis, only depth is a loop. */
import type { LossResult, Model, TensorParams } from '@gradus/core';
import { add, GradusError, mean, multiply, scalar, slice, subtract, type Tensor } from '@gradus/graph';
import type { HCNode } from './node.js';
import { lossSettings } from './sequence-losses.js';
import {
  checkSequenceOptions,
  currentParams,
  lossDirections,
  parameterPlaces,
  requireSequence,
  requireTraining,
  type SequenceModelOptions,
} from './sequence-options.js';

const meanSquare = (x: Tensor): Tensor => mean(multiply(x, x));

/** What a chain gives for all steps at once. */
export interface ChainTensors {
  /** `[T, D]`: the last node's states. */
  readonly state: Tensor;
  /** `[T, D]`: the last node's selected futures. */
  readonly future: Tensor;
  /** Scalar: coherence, averaged over nodes and steps. */
  readonly coherence: Tensor;
}

/** The chain in tensors, at the present depth of its backends. @throws `NOT_TRACEABLE` for a backend or policy without tensors. */
export function chainTensors(nodes: readonly HCNode[], params: TensorParams, x: Tensor, branches: number): ChainTensors {
  const places = parameterPlaces(nodes);
  let state = x;
  let future = x;
  let spread: Tensor = scalar(0, x.dtype);
  nodes.forEach(({ backend, policy }, n) => {
    const own = Object.fromEntries(places.filter(({ node }) => node === n).map((place) => [place.own, params[place.name]]));
    if (backend.runTensor === undefined || backend.projectFutureTensor === undefined) {
      throw notTraceable(`The backend of node ${n} (${backend.constructor.name})`, 'runTensor and projectFutureTensor');
    }
    state = backend.runTensor(state, own);
    const futures = backend.projectFutureTensor(state, branches);
    spread = add(spread, meanSquare(subtract(futures, mean(futures, { axes: 1, keepDims: true }))));
    if (n < nodes.length - 1) return;
    if (policy.selectTensor === undefined) throw notTraceable(`The policy '${policy.name}' of node ${n}`, 'selectTensor');
    future = policy.selectTensor(futures);
  });
  return { state, future, coherence: multiply(spread, 1 / nodes.length) };
}

const notTraceable = (what: string, needs: string): GradusError =>
  new GradusError('NOT_TRACEABLE', {
    what: `${what} has no form in tensors`,
    expected: needs,
    fix: 'Train it as a black box with sequenceModel().',
  });

/** `sequenceModel`'s loss and metrics, from tensors `[T, D]`. */
export function sequenceLossTensors(
  options: SequenceModelOptions,
  params: TensorParams,
  { x, target }: { readonly x: Tensor; readonly target: Tensor },
): LossResult {
  const { alpha, beta, ...weights } = lossSettings(options);
  const { state, future, coherence: coh } = chainTensors(options.nodes, params, x, options.branches ?? 2);
  const steps = x.shape[0];
  const task = meanSquare(subtract(state, target));
  const later = slice(state, { start: 1 });
  const moved = (): Tensor => meanSquare(subtract(later, slice(state, { stop: steps - 1 })));
  const missed = (): Tensor => meanSquare(subtract(later, slice(future, { start: 1 })));
  const cons = steps < 2 ? scalar(0, x.dtype) : add(multiply(moved(), alpha), multiply(missed(), beta));
  const loss = add(add(multiply(task, weights.task), multiply(cons, weights.cons)), multiply(coh, weights.coh));
  return { loss, metrics: { task, cons, coh } };
}

/**
 * {@link sequenceModel} in tensors, for automatic differentiation and export: same parameters, batches, loss and metrics. It
 * emits no events, and has no `depth` to set: the depth is that of the backends when it is traced.
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH` as `sequenceModel`; `NOT_TRACEABLE` when traced.
 */
export function tensorSequenceModel(options: SequenceModelOptions): Model {
  const branches = checkSequenceOptions(options);
  const dim = options.nodes[0].backend.outputDim;
  const initial = currentParams(options.nodes);
  return {
    name: options.name ?? 'hypercausal',
    metrics: lossDirections,
    init: () => initial,
    loss: (params, batch) => sequenceLossTensors(options, params, requireTraining(batch, dim)),
    predict(params, batch) {
      const { state, future } = chainTensors(options.nodes, params, requireSequence(batch, 'x', dim), branches);
      return { state, future };
    },
  };
}
