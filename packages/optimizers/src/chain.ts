/** Several transforms as one: each works on what the one before it gave. */
import type { GradientTransform, Hyperparameters, TransformState, UpdateContext } from '@gradus/core';

/**
 * Chains transforms, as Optax's `chain`. A chain is a transform, so chains nest.
 *
 * The state has one entry per transform, `<index>.<name>`. Hyperparameters keep their names; a name that two transforms declare
 * becomes `<index>.<name>` for both, so that each can be set.
 *
 * @example
 * const optimizer = chain(scaleByAdam(), addDecayedWeights({ weightDecay: 1e-4 }), scaleByLearningRate({ learningRate: 1e-3 }));
 * Object.keys(optimizer.hyperparameters ?? {}); // ['weightDecay', 'learningRate']
 */
export function chain(...transforms: readonly GradientTransform[]): GradientTransform {
  const keys = transforms.map(({ name }, i) => `${i}.${name}`);
  const names = outerNames(transforms.map((transform) => Object.keys(transform.hyperparameters ?? {})));
  const hyperparameters: Hyperparameters = Object.fromEntries(
    transforms.flatMap((transform, i) =>
      Object.entries(transform.hyperparameters ?? {}).map(([own, value]) => [names[i].get(own)!, value] as const),
    ),
  );
  return {
    name: transforms.map(({ name }) => name).join('+'),
    hyperparameters,
    init: (params) => Object.fromEntries(transforms.map((transform, i) => [keys[i], transform.init(params)])),
    update(gradients, state, params, context) {
      const next: Record<string, TransformState> = {};
      let updates = gradients;
      transforms.forEach((transform, i) => {
        const own = ownContext(context, names[i]);
        [updates, next[keys[i]]] = transform.update(updates, state[keys[i]] as TransformState, params, own);
      });
      return [updates, next];
    },
  };
}

/** For each transform, its own names with the names they have outside: prefixed where the bare name would not be unique. */
function outerNames(declared: readonly (readonly string[])[]): Map<string, string>[] {
  const prefixed = new Set<string>();
  const result = (): Map<string, string>[] =>
    declared.map((list, i) => new Map(list.map((own) => [own, prefixed.has(own) ? `${i}.${own}` : own])));
  for (;;) {
    const names = result();
    const seen = new Map<string, string>();
    const before = prefixed.size;
    // Twice at most per nesting: a nested chain's `0.learningRate` can equal a name that prefixing has just made.
    for (const map of names) {
      for (const [own, outer] of map) {
        if (seen.has(outer)) prefixed.add(own).add(seen.get(outer)!);
        else seen.set(outer, own);
      }
    }
    if (prefixed.size === before) return names;
  }
}

/** The context with exactly one transform's hyperparameters, by its own names. */
const ownContext = (context: UpdateContext, names: ReadonlyMap<string, string>): UpdateContext => ({
  ...context,
  hyperparameters: Object.fromEntries(
    [...names].filter(([, outer]) => outer in context.hyperparameters).map(([own, outer]) => [own, context.hyperparameters[outer]]),
  ),
});
