/** Decoupled weight decay. */
import { rules, type GradientTransform, type Schedule } from '@gradus/core';
import { add, multiply } from '@gradus/graph';
import { hyperparameter } from '../hyperparameter.js';
import { checkWithRequired, rate } from '../options.js';
import { perParameter } from '../per-parameter.js';

export interface AddDecayedWeightsOptions {
  /** A finite number of 0 or more, or a schedule. */
  readonly weightDecay: number | Schedule;
  /** Which parameters decay, by name. Default: all. */
  readonly mask?: (name: string) => boolean;
}

/**
 * u = g + weightDecay * p for the parameters that `mask` names. After Adam's scaling and before the learning rate this is the
 * decoupled decay of Loshchilov and Hutter (ICLR 2019).
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function addDecayedWeights(options: AddDecayedWeightsOptions): GradientTransform {
  const name = 'addDecayedWeights';
  const { weightDecay, mask = () => true } = options;
  checkWithRequired(name, options, { weightDecay: rate }, { mask: rules.method });
  return {
    name,
    hyperparameters: { weightDecay },
    init: () => ({}),
    update: (gradients, state, params, context) => [
      perParameter(gradients, (g, parameter) =>
        mask(parameter) ? add(g, multiply(params[parameter], hyperparameter(context, name, 'weightDecay', g.dtype))) : g,
      ),
      state,
    ],
  };
}
