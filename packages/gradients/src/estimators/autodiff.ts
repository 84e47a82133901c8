import { normalizeLoss, type TensorParams, type TracedEstimator } from '@gradus/core';
import { valueAndGrad, type Tensor } from '@gradus/graph';

/**
 * The exact gradient of the model's `loss`, by reverse-mode automatic differentiation inside the compiled step.
 *
 * @example
 * new Trainer({ model, optimizer: adam(), gradient: autodiff() });
 */
export const autodiff = (): TracedEstimator => ({
  kind: 'traced',
  name: 'autodiff',
  needs: 'loss',
  estimate(model, params, batch, context) {
    const fn = (at: TensorParams): readonly [Tensor, TensorParams] => {
      const { loss, metrics = {} } = normalizeLoss(model.loss!(at, batch, context));
      return [loss, metrics];
    };
    const [[loss, metrics], gradients] = valueAndGrad(fn)(params);
    return { gradients, loss, metrics };
  },
});
