/** Parameter groups: another transform for each. */
import { listNames, type GradientTransform, type Params, type TensorParams, type TransformState } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { checkTransform } from '../check-transform.js';
import { checkMatches, matcher } from '../name-pattern.js';
import { partial } from '../partial.js';
import { partsOf } from '../parts.js';

/**
 * Each group of parameters with an optimizer of its own. Optax's `partition`.
 *
 * The state has one entry per label. Hyperparameters keep their names; a name that two groups declare becomes `<label>.<name>` for
 * both, so that each can be set. `freeze()` is the optimizer of a group that shall stay as it is; it keeps no state.
 *
 * @param transforms By label, the transform of the group.
 * @param labels The label of each parameter: a function of its name, or patterns with their labels, of which the first that matches
 * counts. Default: the labels are patterns themselves.
 * @throws `INVALID_ARGUMENT` for a label without a transform; in `init` also for a parameter without a label, and
 * `UNKNOWN_PARAMETER` for a pattern that matches nothing.
 * @example
 * partition({ 'encoder.*': freeze(), '*.bias': sgd(), '*': adamw() });
 * const optimizer = partition({ slow: adam({ learningRate: 1e-4 }), fast: adam() }, { 'encoder.*': 'slow', '*': 'fast' });
 * Object.keys(optimizer.hyperparameters ?? {}); // ['slow.learningRate', 'fast.learningRate']
 */
export function partition(
  transforms: Readonly<Record<string, GradientTransform>>,
  labels: Readonly<Record<string, string>> | ((name: string) => string) = Object.fromEntries(
    Object.keys(transforms).map((key) => [key, key]),
  ),
): GradientTransform {
  for (const [label, transform] of Object.entries(transforms)) checkTransform(`Label '${label}' of partition`, transform);
  const groups = Object.keys(transforms);
  const unknown = (what: string, label: string | undefined): GradusError =>
    new GradusError('INVALID_ARGUMENT', {
      what: `partition: ${what}`,
      received: label === undefined ? 'no label' : `the label '${label}'`,
      expected: `one of ${listNames(groups)}`,
      fix: "Give the pattern '*' last to catch all other parameters.",
    });
  let labelOf: (name: string) => string | undefined;
  if (typeof labels === 'function') labelOf = labels;
  else {
    const rules = Object.entries(labels).map(([pattern, label]) => {
      if (!Object.hasOwn(transforms, label)) throw unknown(`the pattern '${pattern}' has a label without a transform`, label);
      return { matches: matcher(pattern), label };
    });
    labelOf = (name) => rules.find(({ matches }) => matches(name))?.label;
  }
  const parts = groups.map((label) => partial(transforms[label], (name) => labelOf(name) === label));
  const { hyperparameters, contextOf } = partsOf(groups.map((key) => ({ key, hyperparameters: transforms[key].hyperparameters })));
  return {
    name: `partition(${groups.map((label) => `${label}: ${transforms[label].name}`).join(', ')})`,
    hyperparameters,
    init(params: Params) {
      const names = Object.keys(params);
      if (typeof labels !== 'function') checkMatches('partition', Object.keys(labels), names);
      for (const name of names) {
        const label = labelOf(name);
        if (label === undefined || !groups.includes(label)) throw unknown(`parameter '${name}' has no group`, label);
      }
      return Object.fromEntries(groups.map((label, i) => [label, parts[i].init(params)]));
    },
    update(gradients, state, params, context) {
      const next: Record<string, TransformState> = {};
      let updates: TensorParams = gradients;
      parts.forEach((part, i) => {
        const [own, after] = part.update(gradients, state[groups[i]] as TransformState, params, contextOf(context, i));
        updates = { ...updates, ...own };
        next[groups[i]] = after;
      });
      return [updates, next];
    },
    ...(parts.some(({ evaluationParams }) => evaluationParams !== undefined) && {
      evaluationParams: (params, state) =>
        parts.reduce((at, part, i) => part.evaluationParams?.(at, state[groups[i]] as TransformState) ?? at, params),
    }),
  };
}
