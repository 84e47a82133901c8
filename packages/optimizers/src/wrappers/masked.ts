/** A transform for a part of the parameters. */
import { checkOptions, type GradientTransform, type Params, type TensorParams } from '@gradus/core';
import { checkTransform } from '../check-transform.js';
import { partial } from '../partial.js';
import { checkMatches, matcher, namePattern, type NamePattern } from '../name-pattern.js';

/**
 * `inner` for the parameters that `mask` names; the gradients of the others stay as they are. Optax's `masked`.
 *
 * The state and the hyperparameters are those of `inner`, which sees its own parameters alone.
 *
 * @throws `INVALID_ARGUMENT`; in `init` `UNKNOWN_PARAMETER` for a pattern that matches nothing.
 * @example
 * chain(masked(clipByGlobalNorm(1), 'decoder.*'), adam());
 */
export function masked(inner: GradientTransform, mask: NamePattern): GradientTransform {
  checkTransform('masked', inner);
  checkOptions('masked', { mask }, { mask: namePattern });
  const selects = matcher(mask);
  const part = partial(inner, selects);
  return {
    ...part,
    name: `masked(${inner.name})`,
    init(params: Params) {
      checkMatches('masked', mask, Object.keys(params));
      return part.init(params);
    },
    update(gradients, state, params, context) {
      const [updates, next] = part.update(gradients, state, params, context);
      return [{ ...gradients, ...updates } satisfies TensorParams, next];
    },
  };
}
