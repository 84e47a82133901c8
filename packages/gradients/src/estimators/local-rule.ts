import type { TracedEstimator } from '@gradus/core';

/**
 * The step directions that the model's own `pseudoGradients` gives, inside the compiled step. The trainer checks their names and
 * shapes.
 *
 * @example
 * new Trainer({ model, optimizer: sgd(), gradient: localRule() });
 */
export const localRule = (): TracedEstimator => ({
  kind: 'traced',
  name: 'localRule',
  needs: 'pseudoGradients',
  estimate(model, params, batch, context) {
    const { gradients, loss = null, metrics = {}, buffers = {} } = model.pseudoGradients!(params, batch, context);
    return { gradients, loss, metrics, buffers };
  },
});
