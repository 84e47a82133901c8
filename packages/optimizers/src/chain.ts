/** Several transforms as one: each works on what the one before it gave. */
import type { GradientTransform, TransformState } from '@gradus/core';
import { checkTransform } from './check-transform.js';
import { partsOf } from './parts.js';

/**
 * Chains transforms, as Optax's `chain`. A chain is a transform, so chains nest.
 *
 * The state has one entry per transform, `<index>.<name>`. Hyperparameters keep their names; a name that two transforms declare
 * becomes `<index>.<name>` for both, so that each can be set.
 *
 * @throws `INVALID_ARGUMENT` for what is no transform.
 * @example
 * const optimizer = chain(scaleByAdam(), addDecayedWeights({ weightDecay: 1e-4 }), scaleByLearningRate({ learningRate: 1e-3 }));
 * Object.keys(optimizer.hyperparameters ?? {}); // ['weightDecay', 'learningRate']
 */
export function chain(...transforms: readonly GradientTransform[]): GradientTransform {
  transforms.forEach((transform, i) => checkTransform(`Place ${i} of chain`, transform));
  const keys = transforms.map(({ name }, i) => `${i}.${name}`);
  const { hyperparameters, contextOf } = partsOf(transforms.map(({ hyperparameters: own }, i) => ({ key: `${i}`, hyperparameters: own })));
  return {
    name: transforms.map(({ name }) => name).join('+'),
    hyperparameters,
    init: (params) => Object.fromEntries(transforms.map((transform, i) => [keys[i], transform.init(params)])),
    update(gradients, state, params, context) {
      const next: Record<string, TransformState> = {};
      let updates = gradients;
      transforms.forEach((transform, i) => {
        [updates, next[keys[i]]] = transform.update(updates, state[keys[i]] as TransformState, params, contextOf(context, i));
      });
      return [updates, next];
    },
    ...(transforms.some(({ evaluationParams }) => evaluationParams !== undefined) && {
      evaluationParams: (params, state) =>
        transforms.reduce((at, transform, i) => transform.evaluationParams?.(at, state[keys[i]] as TransformState) ?? at, params),
    }),
  };
}
