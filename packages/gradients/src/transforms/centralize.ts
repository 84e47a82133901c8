import { checkOptions, rules, type GradientTransform } from '@gradus/core';
import { mean, subtract } from '@gradus/graph';
import { perParameter } from '../per-parameter.js';
import { unitAxes, type UnitOptions } from '../unit-axes.js';

/**
 * Subtracts from each unit of a gradient its mean; vectors and scalars stay as they are. Optax's `centralize` takes the rows of a
 * matrix for its units, which here are the columns: see `axes`.
 *
 * Source: Yong et al., "Gradient centralization: a new optimization technique for deep neural networks" (ECCV 2020), equation 1.
 * @throws `INVALID_ARGUMENT`.
 * @example
 * chain(centralize(), sgd({ learningRate: 0.1 }));
 */
export function centralize(options: UnitOptions = {}): GradientTransform {
  checkOptions('centralize', options, { axes: rules.method });
  const { axes = unitAxes } = options;
  return {
    name: 'centralize',
    init: () => ({}),
    update: (gradients, state) => [
      perParameter(gradients, (g, name) => (g.shape.length < 2 ? g : subtract(g, mean(g, { axes: axes(name, g.shape), keepDims: true })))),
      state,
    ],
  };
}
