/** Dropout. */
import { dropping } from '../dropping.js';
import type { Layer } from '../layer.js';

/**
 * Sets a share `rate` of the elements to zero while training and scales the others by 1 / (1 - rate), so that the mean stays;
 * does nothing in `evaluate` and `predict`. The mask comes from the step's key: the same bits on every engine.
 * Source: Srivastava et al. (2014), in its inverted form.
 *
 * @param rate From 0 to below 1, rounded to a multiple of 2^-16, since random words are most of its cost; 0 adds nothing to the graph.
 * @throws `INVALID_ARGUMENT` for another rate.
 */
export const dropout = (rate: number): Layer => dropping('dropout', rate, (x) => x.shape);
