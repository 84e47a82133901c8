/** Two transforms as one: the first works on matrices, the second on every other parameter. */
import type { GradientTransform, TransformState } from '@gradus/core';

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
  return {
    hyperparameters: {
      ...matrices.hyperparameters,
      ...Object.fromEntries(outer.map(([own, name]) => [name, others.hyperparameters![own]])),
    },
    init: (params) => ({ matrices: matrices.init(pick(params, isMatrix)), others: others.init(pick(params, isOther)) }),
    update(gradients, state, params, context) {
      const values = context.hyperparameters;
      const own = outer.filter(([, name]) => name in values).map(([own, name]) => [own, values[name]] as const);
      const parts = [
        [matrices, isMatrix, state.matrices, context],
        [others, isOther, state.others, { ...context, hyperparameters: Object.fromEntries(own) }],
      ] as const;
      const [first, second] = parts.map(([transform, which, before, told]) =>
        transform.update(pick(gradients, which), before as TransformState, pick(params, which), told),
      );
      const updates = { ...first[0], ...second[0] };
      return [Object.fromEntries(Object.keys(gradients).map((name) => [name, updates[name]])), { matrices: first[1], others: second[1] }];
    },
  };
}

interface Shaped {
  readonly shape: readonly number[];
}
const isMatrix = ({ shape }: Shaped): boolean => shape.length === 2;
const isOther = (tensor: Shaped): boolean => !isMatrix(tensor);

const pick = <T extends Shaped>(params: Readonly<Record<string, T>>, which: (tensor: Shaped) => boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(params).filter(([, tensor]) => which(tensor)));
