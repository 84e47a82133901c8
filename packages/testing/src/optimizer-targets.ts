/** Four functions to minimise: what an optimizer is measured on. */
import assert from 'node:assert/strict';
import type { GradientTransform, Hyperparameters, Params, TensorParams, TransformState } from '@gradus/core';
import type { NDArray } from '@gradus/graph';
import {
  add,
  asarray,
  flattenArguments,
  jsEngine,
  matmul,
  mean,
  multiply,
  softplus,
  subtract,
  sum,
  slice,
  trace,
  valueAndGrad,
  type DType,
  type Tensor,
} from '@gradus/graph';
import { inOrderOf, toldAt, type Told } from './optimizer-walk.js';

export type TargetName = 'quadratic' | 'illConditioned' | 'rosenbrock' | 'logistic';

/** How far an optimizer must get on a target. */
export interface Convergence {
  /** Default: 1000. */
  readonly steps?: number;
  /** The share of the first loss, above the lowest possible one, that may be left. Default: 0.01, on the harder targets 0.1 to 0.25. */
  readonly reduction?: number;
  /** Take the place of the optimizer's own, by name: a rate that suits the target. */
  readonly hyperparameters?: Hyperparameters;
}

interface Target {
  /** As in "goes down …". */
  readonly title: string;
  readonly start: Readonly<Record<string, number | readonly number[] | readonly (readonly number[])[]>>;
  loss(params: TensorParams): Tensor;
  /** The lowest value of the loss. */
  minimum(): number;
  /** The default of `reduction`. */
  readonly reduction: number;
}

const like = (tensor: Tensor, values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: tensor.dtype });

/** sum(curvature / 2 (x - target)^2). */
const bowl = (x: Tensor, target: Parameters<typeof asarray>[0], curvature: Parameters<typeof asarray>[0]): Tensor => {
  const off = subtract(x, like(x, target));
  return sum(multiply(multiply(off, off), multiply(like(x, curvature), 0.5)));
};

/** 40 points in the plane; the class is the side of a line, but every eighth is wrong, so that the best weights are finite. */
const points = Array.from({ length: 40 }, (_, i) => [Math.sin(1 + 3 * i), Math.cos(2 + 5 * i)] as const);
const classes = points.map(([x, y], i) => (2 * x - y + 0.3 > 0 !== (i % 8 === 3) ? 1 : 0));

export const targets: Readonly<Record<TargetName, Target>> = {
  quadratic: {
    title: 'a quadratic',
    start: { x: [1.5, -2.5, 1, 3.5, -0.75, 1.5] },
    loss: ({ x }) => bowl(x, [1, -2, 0.5, 3, -0.25, 2], [0.5, 0.8, 1, 1.2, 1.5, 2]),
    minimum: () => 0,
    reduction: 0.01,
  },
  illConditioned: {
    title: 'an ill-conditioned quadratic',
    start: {
      'layer.weight': [
        [1.5, -1.5, 1],
        [0.5, -0.75, 2],
      ],
      'layer.bias': [1.5, 0],
    },
    loss: (params) =>
      add(
        bowl(
          params['layer.weight'],
          [
            [1, -1, 0.5],
            [1, -0.25, 1.5],
          ],
          [
            [0.1, 0.2, 0.5],
            [1, 2, 5],
          ],
        ),
        bowl(params['layer.bias'], [1, 0.5], [10, 0.3]),
      ),
    minimum: () => 0,
    reduction: 0.1,
  },
  rosenbrock: {
    title: "Rosenbrock's valley",
    start: { x: [-1.2, 1] },
    loss({ x }) {
      const [a, b] = [slice(x, { stop: 1 }), slice(x, { start: 1 })];
      const [off, bend] = [subtract(1, a), subtract(b, multiply(a, a))];
      return sum(add(multiply(off, off), multiply(multiply(bend, bend), 100)));
    },
    minimum: () => 0,
    reduction: 0.25,
  },
  logistic: {
    title: 'a logistic regression',
    start: { weight: [[0.1], [0.1]], bias: 0 },
    loss({ weight, bias }) {
      const logits = add(matmul(like(weight, points), weight), bias);
      return mean(
        subtract(
          softplus(logits),
          multiply(
            logits,
            like(
              weight,
              classes.map((c) => [c]),
            ),
          ),
        ),
      );
    },
    minimum: lowestLogisticLoss,
    reduction: 0.1,
  },
};

/** Gradient descent in plain arithmetic. The loss is convex with a curvature of at most 3/4, so steps of 1 always go down. */
function lowestLogisticLoss(): number {
  let [u, v, bias] = [0, 0, 0];
  let loss = 0;
  for (let step = 0; step < 5000; step++) {
    const gradient = [0, 0, 0];
    loss = 0;
    points.forEach(([x, y], i) => {
      const logit = u * x + v * y + bias;
      const error = (1 / (1 + Math.exp(-logit)) - classes[i]) / points.length;
      loss += (Math.log1p(Math.exp(logit)) - logit * classes[i]) / points.length;
      gradient[0] += error * x;
      gradient[1] += error * y;
      gradient[2] += error;
    });
    [u, v, bias] = [u - gradient[0], v - gradient[1], bias - gradient[2]];
  }
  return loss;
}

interface Snapshot {
  readonly params: Params;
  readonly state: TransformState;
  readonly loss: NDArray;
}

/** A training step: loss, its gradient, the update, and the parameters it leads to. `loss` is the one before the step. */
export const stepOn =
  ({ loss }: Target, transform: GradientTransform) =>
  (params: TensorParams, state: TransformState, told: Told) => {
    const evaluate = (at: TensorParams) => {
      const [value, gradients] = valueAndGrad(loss)(at);
      return { loss: value, gradients };
    };
    const here = evaluate(params);
    const [updates, next] = transform.update(here.gradients, state, params, { ...told, loss: here.loss, evaluate });
    const moved = Object.fromEntries(Object.entries(params).map(([name, param]) => [name, add(param, updates[name])]));
    return { params: moved, state: inOrderOf(state, next), loss: here.loss };
  };

/** The same step traced and compiled once. Whatever changes between steps must be an input, or the later ones are wrong. */
export async function compiledStepOn(target: Target, transform: GradientTransform, dtype: DType) {
  const params = startOf(target, dtype);
  const step = stepOn(target, transform);
  const traced = trace(step, params as TensorParams, transform.init(params), toldAt(transform, 0, dtype) as Told);
  const executable = await jsEngine.compile(traced.graph);
  return async (...args: readonly [Params, TransformState, ReturnType<typeof toldAt>]): Promise<Snapshot> =>
    traced.unflatten(await executable.run(flattenArguments<NDArray>(...args))) as unknown as Snapshot;
}

export const startOf = ({ start }: Target, dtype: DType): Params =>
  Object.fromEntries(Object.entries(start).map(([name, value]) => [name, asarray(value, { dtype })]));

export async function checkConvergence(transform: GradientTransform, target: Target, convergence: Convergence): Promise<void> {
  const { steps = 1000, reduction = target.reduction, hyperparameters = {} } = convergence;
  const unknown = Object.keys(hyperparameters).find((name) => !(name in (transform.hyperparameters ?? {})));
  assert.ok(unknown === undefined, `'${transform.name}' has no hyperparameter '${unknown}' to set on ${target.title}.`);
  const tuned = { ...transform, hyperparameters: { ...transform.hyperparameters, ...hyperparameters } };
  const step = await compiledStepOn(target, tuned, 'float64');
  const minimum = target.minimum();
  const losses: number[] = [];
  let params = startOf(target, 'float64');
  let state = transform.init(params);
  // One more than asked: a step reports the loss before it.
  for (let i = 0; i <= steps; i++) {
    const next = await step(params, state, toldAt(tuned, i, 'float64'));
    losses.push(next.loss.item() - minimum);
    ({ params, state } = next);
  }
  const [first, last] = [losses[0], losses[steps]];
  assert.ok(
    last < first * reduction,
    `After ${steps} steps the loss of '${transform.name}' went from ${first} to ${last} above its minimum. Expected less than ${first * reduction}.`,
  );
}
