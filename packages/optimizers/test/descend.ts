/** Training without a trainer: whole steps with loss, gradients and everything a context can hold, at once or traced. */
import type { GradientTransform, Optimizer, Params, TensorParams, TransformState, UpdateContext } from '@gradus/core';
import {
  add,
  asarray,
  flattenArguments,
  foldIn,
  multiply,
  prepare,
  randomKey,
  scalar,
  square,
  subtract,
  trace,
  valueAndGrad,
  type NDArray,
  type Tensor,
} from '@gradus/graph';
import { applyUpdates, hyperparametersAt } from '../src/index.js';

export type Loss = (params: TensorParams) => Tensor;

export interface Point {
  readonly params: Params;
  readonly state: TransformState;
}

/** (1 - a)^2 + 10 (b - a^2)^2: a curved valley whose floor falls slowly to (1, 1). */
export const rosenbrock: Loss = ({ a, b }) => add(square(subtract(1, a)), multiply(square(subtract(b, square(a))), 10));

/** A context whose `evaluate` differentiates `loss`. */
const contextOf = (loss: Loss, hyperparameters: Readonly<Record<string, Tensor>>, value: Tensor): UpdateContext => ({
  hyperparameters,
  loss: value,
  evaluate(at) {
    const [other, gradients] = valueAndGrad(loss)(at);
    return { loss: other, gradients };
  },
});

/** `transform` with a context that can evaluate `loss`: for suites that know nothing of it. */
export const evaluating = (transform: GradientTransform, loss: Loss): GradientTransform => ({
  ...transform,
  update: (gradients, state, params, context) =>
    transform.update(gradients, state, params, { ...contextOf(loss, context.hyperparameters, loss(params)), ...context }),
});

export interface DescendOptions {
  /** Runs each step at once, instead of one traced step again and again. */
  readonly eager?: boolean;
  /** Which steps are the last of their epoch. Default: not told. */
  readonly last?: (step: number) => boolean;
}

/** Where each of some steps leads. */
export function descend(
  optimizer: Optimizer,
  start: Params,
  loss: Loss,
  steps: number,
  { eager = false, last }: DescendOptions = {},
): Point[] {
  const { dtype } = Object.values(start)[0];
  const step = (params: TensorParams, state: TransformState, hyperparameters: Record<string, Tensor>, key: Tensor, ends: Tensor) => {
    const [value, gradients] = valueAndGrad(loss)(params);
    const context = { ...contextOf(loss, hyperparameters, value), key, ...(last && { lastStepOfEpoch: ends }) };
    const [updates, next] = optimizer.update(gradients, state, params, context);
    return { params: applyUpdates(params, updates), state: next };
  };
  const inputs = (t: number, { params, state }: Point) =>
    [params, state, hyperparametersAt(optimizer, t, dtype), foldIn(randomKey(0), t), scalar(last?.(t) ?? false, 'bool')] as const;

  let now: Point = { params: start, state: optimizer.init(start) };
  const traced = eager ? null : trace(step as (...args: never[]) => Point, ...(inputs(0, now) as unknown as never[]));
  const run = traced === null ? null : prepare(traced.graph);
  return Array.from({ length: steps }, (_, t) => {
    const args = inputs(t, now);
    now = (run === null ? step(...args) : traced!.unflatten(run(flattenArguments<NDArray>(...args)))) as Point;
    return now;
  });
}

/** A record of scalars. */
export const scalars = (values: Readonly<Record<string, number>>, dtype: 'float32' | 'float64' = 'float64'): Params =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asarray(value, { dtype })]));
