/** Dropout. */
import { bernoulli, GradusError, multiply, where } from '@gradus/graph';
import type { Layer } from '../layer.js';

/**
 * Sets a share `rate` of the elements to zero while training and scales the others by 1 / (1 - rate), so that the mean stays;
 * does nothing in `evaluate` and `predict`. The mask comes from the step's key: the same bits on every engine.
 * Source: Srivastava et al. (2014), in its inverted form.
 *
 * @param rate From 0 to below 1; 0 adds nothing to the graph.
 * @throws `INVALID_ARGUMENT` for another rate.
 */
export function dropout(rate: number): Layer {
  if (!(rate >= 0 && rate < 1)) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'The rate of dropout is not usable',
      received: String(rate),
      expected: 'a number from 0 to below 1',
    });
  }
  const keep = 1 - rate;
  return {
    random: rate > 0,
    init: () => ({}),
    apply: (_params, x, { key, training }) => (training && rate > 0 ? where(bernoulli(key, keep, x.shape), multiply(x, 1 / keep), 0) : x),
  };
}
