import { normalizeLoss, type LossResult, type TensorParams, type TracedEstimator } from '@gradus/core';
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
    const fn = (at: TensorParams): readonly [Tensor, Required<Omit<LossResult, 'loss'>>] => {
      const { loss, metrics = {}, buffers = {} } = normalizeLoss(model.loss!(at, batch, context));
      return [loss, { metrics, buffers }];
    };
    const [[loss, further], gradients] = valueAndGrad(fn)(params);
    return { gradients, loss, ...further };
  },
});
