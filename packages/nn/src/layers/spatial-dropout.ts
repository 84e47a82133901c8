/** Dropout of whole channels. */
import { dropping } from '../dropping.js';
import type { Layer } from '../layer.js';

/**
 * As `dropout`, of whole channels of `[batch, channels, …space]`: neighbouring places say nearly the same, so that dropping single ones
 * takes little away. Tompson et al. (2015).
 *
 * @param rate From 0 to below 1.
 * @throws `INVALID_ARGUMENT` for another rate.
 */
export const spatialDropout = (rate: number): Layer =>
  dropping('spatialDropout', rate, ({ shape }) => shape.map((n, axis) => (axis < 2 ? n : 1)));
