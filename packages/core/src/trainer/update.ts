/** One optimizer update: the transform applied, what it returned checked, and everything in canonical order. */
import { add, flatten, formatSpec, GradusError, isTensor, type Tensor, type TensorSpec } from '@gradus/graph';
import type { GradientTransform, TransformState, UpdateContext } from '../contracts/gradient-transform.js';
import type { Params, TensorParams } from '../contracts/model.js';
import { checkLikeParams } from '../params.js';
import type { TrainState } from './state.js';

/** The element type of scalars that go with parameters: `float64` as soon as one of them is. */
export const floatOf = (params: Params): 'float32' | 'float64' =>
  Object.values(params).some(({ dtype }) => dtype === 'float64') ? 'float64' : 'float32';

/**
 * Parameters and optimizer state after one update, traced or at once.
 * @param like The state whose names, shapes and order the results must have.
 * @throws `GRADIENT_MISMATCH`, `OPTIMIZER_STATE`, naming the optimizer and what it returned.
 */
export function applyUpdate(
  optimizer: GradientTransform,
  like: Pick<TrainState, 'params' | 'optimizer'>,
  gradients: TensorParams,
  state: TransformState,
  params: TensorParams,
  context: UpdateContext,
): [params: Record<string, Tensor>, state: TransformState] {
  const [updates, next] = optimizer.update(inOrderOf(like.params, gradients), state, params, context);
  checkLikeParams(updates, like.params, `The updates of optimizer '${optimizer.name}'`);
  checkSlots(optimizer, like.optimizer, next);
  const stepped = Object.fromEntries(Object.keys(like.params).map((name) => [name, add(params[name], updates[name])]));
  return [stepped, inOrderOf(like.optimizer, next)];
}

/** Rebuilds `tree` with the key order of `template`. */
export function inOrderOf<T extends TransformState | TensorParams>(template: TransformState | TensorParams, tree: T): T {
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => {
      const own = tree[name] as Tensor | TransformState;
      return [name, isTensor(value) || isTensor(own) ? own : inOrderOf(value, own)];
    }),
  ) as T;
}

/** Throws `OPTIMIZER_STATE` unless the next state is nested, typed and shaped as the current one. */
function checkSlots(optimizer: GradientTransform, before: TransformState, after: TransformState): void {
  const describe = (state: TransformState): Map<string, TensorSpec> =>
    new Map(flatten<TensorSpec>(state).map(({ path, leaf }) => [path, leaf]));
  const [from, to] = [describe(before), describe(after)];
  for (const path of new Set([...from.keys(), ...to.keys()])) {
    const [a, b] = [from.get(path), to.get(path)];
    if (a === undefined || b === undefined || formatSpec(a) !== formatSpec(b)) {
      const show = (spec: TensorSpec | undefined): string => (spec === undefined ? 'nothing' : formatSpec(spec));
      throw new GradusError('OPTIMIZER_STATE', {
        what: `Optimizer '${optimizer.name}' changes the form of its state at '${path}'`,
        received: show(b),
        expected: `${show(a)}, as init() made it`,
      });
    }
  }
}
