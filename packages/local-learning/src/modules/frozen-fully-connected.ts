import { checkDense, denseEdge, frozenEdge, type DenseOptions } from '../edges/dense-edge.js';
import { weightRule } from '../edges/options.js';
import type { Adapter } from '../module.js';

/**
 * Random weights between all units of two layers that stay as they are: feedback of labels, or a reservoir. They are constants of the
 * model, drawn from its seed, and no optimizer sees them.
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 */
export function frozenFullyConnected(options: DenseOptions): Adapter {
  checkDense('frozenFullyConnected', options, weightRule);
  return frozenEdge(denseEdge('frozenFullyConnected', options), options);
}
