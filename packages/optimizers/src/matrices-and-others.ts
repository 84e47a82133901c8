/** Two transforms as one: the first works on matrices, the second on every other parameter. */
import type { GradientTransform, TransformState } from '@gradus/core';
import type { TensorSpec } from '@gradus/graph';
import { partial } from './partial.js';

/**
 * State: `matrices` and `others`. A hyperparameter that both declare is one, unless `names` calls the second's otherwise.
 *
 * @param names What hyperparameters of `others` are called outside, by their own names.
 */
export function matricesAndOthers(
  matrices: GradientTransform,
  others: GradientTransform,
  names: Readonly<Record<string, string>> = {},
): Pick<GradientTransform, 'hyperparameters' | 'init' | 'update'> {
  const outer = Object.keys(others.hyperparameters ?? {}).map((own) => [own, names[own] ?? own] as const);
  /** Which are matrices is known with the shapes. */
  const parts = (shapes: Readonly<Record<string, TensorSpec>>): Record<'matrices' | 'others', GradientTransform> => {
    const isMatrix = (name: string): boolean => shapes[name].shape.length === 2;
    return { matrices: partial(matrices, isMatrix), others: partial(others, (name) => !isMatrix(name)) };
  };
  return {
    hyperparameters: {
      ...matrices.hyperparameters,
      ...Object.fromEntries(outer.map(([own, name]) => [name, others.hyperparameters![own]])),
    },
    init(params) {
      const { matrices, others } = parts(params);
      return { matrices: matrices.init(params), others: others.init(params) };
    },
    update(gradients, state, params, context) {
      const { matrices, others } = parts(gradients);
      const told = context.hyperparameters;
      const own = Object.fromEntries(outer.filter(([, name]) => name in told).map(([own, name]) => [own, told[name]]));
      const [first, nextMatrices] = matrices.update(gradients, state.matrices as TransformState, params, context);
      const rest = { ...context, hyperparameters: own };
      const [second, nextOthers] = others.update(gradients, state.others as TransformState, params, rest);
      return [
        { ...first, ...second },
        { matrices: nextMatrices, others: nextOthers },
      ];
    },
  };
}
