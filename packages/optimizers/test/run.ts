/** Steps of optimizers on arrays. */
import type { GradientTransform, Params, TransformState, UpdateContext } from '@gradus/core';
import { applyUpdates, hyperparametersAt } from '../src/index.js';

export interface Snapshot {
  readonly params: Params;
  readonly state: TransformState;
}

type Step = (gradients: Params, now: Snapshot, step: number) => Snapshot;

const dtypeOf = (params: Params) => Object.values(params)[0]?.dtype ?? 'float32';

/** One update on arrays. */
export const eagerStep =
  (optimizer: GradientTransform, more: Partial<UpdateContext> & object = {}): Step =>
  (gradients, { params, state }, step) => {
    const hyperparameters = { ...hyperparametersAt(optimizer, step, dtypeOf(params)), ...more.hyperparameters };
    const [updates, next] = optimizer.update(gradients, state, params, { ...more, hyperparameters });
    return { params: applyUpdates(params, updates) as Params, state: next };
  };
