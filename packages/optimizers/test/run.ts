/** Runs optimizers on small problems: at once on arrays, or traced and prepared. */
import type { GradientTransform, Optimizer, Params, TensorParams, TransformState, UpdateContext } from '@gradus/core';
import { flattenArguments, grad, prepare, trace, type NDArray, type Tensor } from '@gradus/graph';
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

/** The same update traced once and run by the interpreter. */
function tracedStep(optimizer: GradientTransform, { params, state }: Snapshot): Step {
  const values = hyperparametersAt(optimizer, 0, dtypeOf(params));
  const traced = trace(
    (g: TensorParams, s: TransformState, p: TensorParams, hyperparameters: Record<string, Tensor>) => {
      const [updates, next] = optimizer.update(g, s, p, { hyperparameters });
      return { params: applyUpdates(p, updates), state: next };
    },
    params as TensorParams,
    state,
    params as TensorParams,
    values as Record<string, Tensor>,
  );
  const run = prepare(traced.graph);
  return (gradients, now, step) => {
    const rates = hyperparametersAt(optimizer, step, dtypeOf(params));
    return traced.unflatten(run(flattenArguments<NDArray>(gradients, now.state, now.params, rates))) as unknown as Snapshot;
  };
}

/** Minimises `loss` for some steps. @returns the parameters after each. */
export function minimise(optimizer: Optimizer, start: Params, loss: (p: TensorParams) => Tensor, steps: number): Params[] {
  const gradient = trace(grad(loss) as (p: TensorParams) => TensorParams, start as TensorParams);
  const gradientAt = prepare(gradient.graph);
  let now: Snapshot = { params: start, state: optimizer.init(start) };
  const step = tracedStep(optimizer, now);
  const path: Params[] = [];
  for (let i = 0; i < steps; i++) {
    const gradients = gradient.unflatten(gradientAt(flattenArguments<NDArray>(now.params))) as unknown as Params;
    now = step(gradients, now, i);
    path.push(now.params);
  }
  return path;
}
