/** The loss of a sequence: how far states are from their targets, how they move, and how much futures disagree. */
import { squaredDistance, type ConsistencyWeights } from './losses.js';

export interface SequenceLosses {
  readonly task: number;
  readonly cons: number;
  readonly coh: number;
  /** `weights.task * task + weights.cons * cons + weights.coh * coh`. */
  readonly total: number;
}

/** What a pass over a sequence of T steps of D channels left behind. Arrays are `[T, D]`, row-major. */
export interface SequenceTrace {
  readonly steps: number;
  readonly dim: number;
  readonly states: Float64Array;
  /** The selected future of each step. */
  readonly futures: Float64Array;
  /** Mean over the nodes of each step's coherence: T numbers. */
  readonly coherences: Float64Array;
}

export interface LossOptions extends ConsistencyWeights {
  /** Weights of the terms. Default: 1, 0.5 and 0.3. */
  readonly weights?: { readonly task?: number; readonly cons?: number; readonly coh?: number };
}

export interface LossSettings {
  readonly alpha: number;
  readonly beta: number;
  readonly task: number;
  readonly cons: number;
  readonly coh: number;
}

export const lossSettings = ({ alpha = 1, beta = 1, weights = {} }: LossOptions): LossSettings => ({
  alpha,
  beta,
  task: weights.task ?? 1,
  cons: weights.cons ?? 0.5,
  coh: weights.coh ?? 0.3,
});

/**
 * `task`: mean over steps and channels of `(state - target)^2`. `cons`: mean over the steps after the first of
 * `alpha * mean((s_t - s_{t-1})^2) + beta * mean((s_t - future_t)^2)`; 0 for a single step. `coh`: mean coherence.
 *
 * @param target `[T, D]`, row-major.
 * @example
 * sequenceLosses({ steps: 1, dim: 1, states, futures, coherences }, target).task;
 */
export function sequenceLosses(trace: SequenceTrace, target: ArrayLike<number>, options: LossOptions = {}): SequenceLosses {
  const { alpha, beta, ...weights } = lossSettings(options);
  const { steps, dim, states, futures, coherences } = trace;
  const size = steps * dim;
  const task = squaredDistance(states, target, size) / size;
  const later = size - dim;
  const moved = squaredDistance(states, states, later, dim, 0);
  const missed = squaredDistance(states, futures, later, dim, dim);
  const cons = (alpha * moved + beta * missed) / Math.max(dim, later);
  let coh = 0;
  for (let t = 0; t < steps; t++) coh += coherences[t];
  coh /= steps;
  return { task, cons, coh, total: weights.task * task + weights.cons * cons + weights.coh * coh };
}
