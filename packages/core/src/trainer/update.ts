/** One optimizer update: the transform applied, what it returned checked, and everything in canonical order. */
import { add, flatten, foldIn, formatSpec, GradusError, isLeaf, isTensor, type Tensor, type TensorSpec } from '@gradus/graph';
import type { GradientTransform, TransformState, UpdateContext } from '../contracts/gradient-transform.js';
import type { Model, TensorParams } from '../contracts/model.js';
import { checkLikeParams } from '../params.js';
import { listNames } from '../suggest.js';
import type { SpecTree, StateForm } from './state.js';

/** The element type of scalars that go with parameters: `float64` as soon as one of them is. */
export const floatOf = (params: Readonly<Record<string, TensorSpec>>): 'float32' | 'float64' =>
  Object.values(params).some(({ dtype }) => dtype === 'float64') ? 'float64' : 'float32';

/**
 * Parameters and optimizer state after one update, traced or at once.
 * @param like The state whose names, shapes and order the results must have.
 * @throws `GRADIENT_MISMATCH`, `OPTIMIZER_STATE`, naming the optimizer and what it returned.
 */
export function applyUpdate(
  optimizer: GradientTransform,
  like: Pick<StateForm, 'params' | 'optimizer'>,
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
export function inOrderOf<T extends TransformState | TensorParams>(template: SpecTree, tree: T): T {
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => {
      const own = tree[name] as Tensor | TransformState;
      return [name, isLeaf(value) || isTensor(own) ? own : inOrderOf(value, own)];
    }),
  ) as T;
}

/** Throws `OPTIMIZER_STATE` unless the next state is nested, typed and shaped as the current one. */
function checkSlots(optimizer: GradientTransform, before: SpecTree, after: TransformState): void {
  const describe = (state: SpecTree | TransformState): Map<string, TensorSpec> =>
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

/**
 * What an optimizer is told. Its key is derived from that of the step when it is asked for: most never draw.
 *
 * @param told.key The key of the step, which the model draws from.
 */
export function updateContext(
  hyperparameters: Readonly<Record<string, Tensor>>,
  { key, ...told }: Omit<UpdateContext, 'hyperparameters'> & { readonly key: Tensor },
): UpdateContext {
  let own: Tensor | undefined;
  return {
    ...told,
    hyperparameters,
    get key() {
      return (own ??= foldIn(key, OPTIMIZER_STREAM));
    },
  };
}

/** Under the key of a step: any number that no model is likely to use. */
const OPTIMIZER_STREAM = 0x6f707469;

/**
 * Buffers after a step: what the model gave, and the others as they were.
 * @throws `BUFFER_MISMATCH`, naming the model and the buffer.
 */
export function nextBuffers(
  model: Model,
  like: Readonly<Record<string, TensorSpec>>,
  before: TensorParams,
  given: TensorParams = {},
): TensorParams {
  for (const [name, tensor] of Object.entries(given)) {
    const expected = like[name];
    if (expected !== undefined && isTensor(tensor) && formatSpec(tensor) === formatSpec(expected)) continue;
    throw new GradusError('BUFFER_MISMATCH', {
      what: `Model '${model.name}' gives a new value of '${name}' that does not fit its buffers`,
      received: isTensor(tensor) ? formatSpec(tensor) : typeof tensor,
      expected: expected === undefined ? `one of ${listNames(Object.keys(like))}` : formatSpec(expected),
      fix: 'Return buffers as buffers() of the model makes them.',
    });
  }
  return { ...before, ...given };
}
