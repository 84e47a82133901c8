/** Stochastic depth. */
import { dropping } from '../dropping.js';
import type { Layer } from '../layer.js';

/**
 * As `dropout`, of whole samples: inside a `residual` the others of a batch go through the layer, and these round it. Huang et al. (2016).
 *
 * @param rate From 0 to below 1.
 * @throws `INVALID_ARGUMENT` for another rate.
 * @example residual(sequential([conv2d({ in: 16, out: 16, kernel: 3, padding: 'same' }), relu, dropPath(0.1)]));
 */
export const dropPath = (rate: number): Layer => dropping('dropPath', rate, ({ shape }) => shape.map((n, axis) => (axis === 0 ? n : 1)));
