/** An optimizer taken some steps along made-up gradients: eager, or traced and compiled once. */
import assert from 'node:assert/strict';
import type { GradientTransform, Params, TensorParams, TransformState, UpdateContext } from '@gradus/core';
import {
  add,
  asarray,
  flatten,
  flattenArguments,
  jsEngine,
  NDArray,
  scalar,
  trace,
  unflatten,
  type DType,
  type MapTree,
  type Tensor,
} from '@gradus/graph';

/** The hyperparameters of a step. */
const hyperparametersOf = ({ hyperparameters = {} }: GradientTransform, step: number, dtype: DType): Record<string, NDArray> =>
  Object.fromEntries(
    Object.entries(hyperparameters).map(([name, value]) => [name, scalar(typeof value === 'function' ? value(step) : value, dtype)]),
  );

export type Kind = 'float32' | 'float64' | 'mixed';

/** Parameters of several ranks and dotted names; in `mixed` the types alternate. */
export function makeParams(kind: Kind, phase = 0): Params {
  const type = (i: number): DType => (kind === 'mixed' ? (i % 2 === 0 ? 'float32' : 'float64') : kind);
  const wave = (i: number, shape: readonly number[]): NDArray => {
    const size = shape.reduce((a, b) => a * b, 1);
    return asarray(
      asarray(
        Array.from({ length: size }, (_, j) => Math.sin(1 + phase + 7 * i + j)),
        { dtype: 'float64' },
      ),
      { dtype: type(i), shape },
    );
  };
  return { 'layer.weight': wave(0, [2, 3]), 'layer.bias': wave(1, [3]), scale: wave(2, []), single: wave(3, [1, 1, 1]) };
}

export const scalarType = (params: Params): DType =>
  Object.values(params).some(({ dtype }) => dtype === 'float64') ? 'float64' : 'float32';

export type Step = readonly [updates: TensorParams, state: TransformState];

/** What an optimizer is told at a step, as a trainer tells it; `evaluate` aside, which is a function. */
export const toldAt = (transform: GradientTransform, t: number, dtype: DType) => ({
  hyperparameters: hyperparametersOf(transform, t, dtype),
  loss: scalar(1 / (t + 1), dtype),
  key: asarray([7, t], { dtype: 'uint32' }),
  lastStepOfEpoch: scalar(t % 2 === 1, 'bool'),
});
export type Told = MapTree<ReturnType<typeof toldAt>, Tensor>;

/** The whole context. Gradients elsewhere are those of a bowl around 0. */
export const contextOf = (told: Told): UpdateContext => ({ ...told, evaluate: (at) => ({ loss: told.loss, gradients: at }) });

/** A state in the order of another: entries may come back in any. Fails when names differ. */
export function inOrderOf(like: TransformState, state: TransformState): TransformState {
  const byPath = new Map(flatten<Tensor>(state).map(({ path, leaf }) => [path, leaf]));
  const paths = flatten(like).map(({ path }) => path);
  assert.deepEqual([...byPath.keys()].sort(), [...paths].sort(), 'The state: the names differ.');
  return unflatten(
    like,
    paths.map((path) => byPath.get(path)!),
  ) as TransformState;
}

export type Update = (gradients: Params, state: TransformState, params: Params, told: ReturnType<typeof toldAt>) => Promise<Step> | Step;

export const eagerUpdate =
  (transform: GradientTransform): Update =>
  (gradients, state, params, told) => {
    const [updates, next] = transform.update(gradients, state, params, contextOf(told));
    return [updates, inOrderOf(state, next)];
  };

/** The update traced and compiled once, from the first step. Whatever changes between steps must be an input, or the later ones are wrong. */
export async function compiledUpdate(transform: GradientTransform, params: Params): Promise<Update> {
  const traced = trace(
    (gradients: TensorParams, state: TransformState, at: TensorParams, told: Told): Step => {
      const [updates, next] = transform.update(gradients, state, at, contextOf(told));
      return [updates, inOrderOf(state, next)];
    },
    params as TensorParams,
    transform.init(params),
    params as TensorParams,
    toldAt(transform, 0, scalarType(params)) as Told,
  );
  const executable = await jsEngine.compile(traced.graph);
  return async (...args) => traced.unflatten(await executable.run(flattenArguments<NDArray>(...args))) as unknown as Step;
}

interface Walk {
  readonly params: Params;
  readonly state: TransformState;
}

/** Steps `from` to below `to`; gives back the updates and the state of each, and where they led. */
export async function walk(
  transform: GradientTransform,
  kind: Kind,
  update: Update,
  from = 0,
  to = 5,
  start?: Walk,
): Promise<Walk & { steps: Step[] }> {
  let { params, state } = start ?? { params: makeParams(kind), state: transform.init(makeParams(kind)) };
  const dtype = scalarType(params);
  const steps: Step[] = [];
  for (let t = from; t < to; t++) {
    const [updates, next] = await update(makeParams(kind, t + 1), state, params, toldAt(transform, t, dtype));
    for (const { path, leaf } of flatten<Tensor>(updates))
      assert.ok(leaf instanceof NDArray, `Update '${path}' is a symbol although everything given was an array.`);
    params = Object.fromEntries(Object.entries(params).map(([name, array]) => [name, add(array, updates[name]) as NDArray]));
    state = next;
    steps.push([updates, next]);
  }
  return { params, state, steps };
}
