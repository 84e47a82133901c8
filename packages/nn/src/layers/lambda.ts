/** Functions as layers. */
import type { Tensor } from '@gradus/graph';
import type { Extras, Layer, LayerContext } from '../layer.js';

/**
 * A layer without parameters from a function that wants more than the input: the context, or extras. A function of the input alone is a
 * layer as it is.
 * @example lambda((x, { training }) => (training ? x : clip(x, -1, 1)));
 */
export const lambda = (fn: (x: Tensor, context: LayerContext, extras: Extras) => Tensor): Layer => ({
  init: () => ({}),
  apply: (_params, x, context, extras = {}) => fn(x, context, extras),
});
