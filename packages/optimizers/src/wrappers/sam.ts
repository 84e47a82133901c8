/** Minima with flat surroundings. */
import { checkOptions, type GradientTransform, type Schedule, type TransformState } from '@gradus/core';
import { add, cast, divide, multiply, sqrt } from '@gradus/graph';
import { checkTransform } from '../check-transform.js';
import { hyperparameter } from '../hyperparameter.js';
import { floatOf, innerProduct } from '../inner-product.js';
import { rate } from '../options.js';
import { partsOf } from '../parts.js';
import { perParameter } from '../per-parameter.js';
import { requireContext } from '../require-context.js';

/**
 * Sharpness-aware minimisation: hands `optimizer` the gradients at p + rho g / |g|, where the loss is about the highest within rho,
 * instead of those at p. Each step differentiates the model twice. What changes gradients first, such as clipping, belongs inside:
 * `sam(chain(clipByGlobalNorm(1), sgd()))`.
 *
 * Optax's `contrib.sam` in its opaque mode. Hyperparameters: `rho`, and those of `optimizer`; a shared name becomes `sam.rho` and
 * `inner.rho`. State: that of `optimizer`.
 * Source: Foret et al., "Sharpness-aware minimization for efficiently improving generalization" (ICLR 2021), algorithm 1.
 *
 * @param options.rho A finite number of 0 or more, or a schedule. Default: 0.05, as in the paper.
 * @throws `INVALID_ARGUMENT`; in `update` `MISSING_CONTEXT` where gradients are sampled.
 * @example
 * sam(sgd({ learningRate: 0.1, momentum: 0.9 }), { rho: 0.1 });
 */
export function sam(optimizer: GradientTransform, options: { readonly rho?: number | Schedule } = {}): GradientTransform {
  checkTransform('sam', optimizer);
  checkOptions('sam', options, { rho: rate });
  const { rho = 0.05 } = options;
  const { hyperparameters, contextOf } = partsOf([
    { key: 'sam', hyperparameters: { rho } },
    { key: 'inner', hyperparameters: optimizer.hyperparameters },
  ]);
  return {
    name: `sam(${optimizer.name})`,
    hyperparameters,
    init: (params) => optimizer.init(params),
    update(gradients, state, params, context) {
      const evaluate = requireContext(context, 'sam', 'evaluate');
      const norm = sqrt(innerProduct(gradients, gradients));
      // The small number keeps zero gradients from becoming NaN.
      const factor = divide(hyperparameter(contextOf(context, 0), 'sam', 'rho', floatOf(gradients)), add(norm, 1e-12));
      const worst = perParameter(params, (p, name) => add(p, multiply(gradients[name], cast(factor, p.dtype))));
      return optimizer.update(evaluate(worst).gradients, state, params, contextOf(context, 1));
    },
    ...(optimizer.evaluationParams && {
      evaluationParams: (params, state: TransformState) => optimizer.evaluationParams!(params, state),
    }),
  };
}
