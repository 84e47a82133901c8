/** Parameters that stay as they are. */
import { checkOptions, type GradientTransform, type Params } from '@gradus/core';
import { zeros } from '@gradus/graph';
import { checkMatches, matcher, namePattern, type NamePattern } from '../name-pattern.js';
import { perParameter } from '../per-parameter.js';

/**
 * Makes the updates of the named parameters 0: the last transform of a chain, or the one of a group of `partition`, where no other
 * keeps state for them. Optax's `freeze`, and without a pattern its `set_to_zero`.
 *
 * @throws `INVALID_ARGUMENT`; in `init` `UNKNOWN_PARAMETER` for a pattern that matches nothing.
 * @example
 * chain(adam(), freeze('encoder.*'));
 * partition({ 'encoder.*': freeze(), '*': adam() }); // the same, without Adam's state for the encoder
 */
export function freeze(pattern: NamePattern = '*'): GradientTransform {
  checkOptions('freeze', { pattern }, { pattern: namePattern });
  const selects = matcher(pattern);
  return {
    name: 'freeze',
    init(params: Params) {
      checkMatches('freeze', pattern, Object.keys(params));
      return {};
    },
    update: (updates, state) => [perParameter(updates, (u, name) => (selects(name) ? zeros(u.shape, u.dtype) : u)), state],
  };
}
