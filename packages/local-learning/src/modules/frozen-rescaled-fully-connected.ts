import { GradusError, add, multiply } from '@gradus/graph';
import { checkDense, denseEdge, frozenEdge, type DenseOptions } from '../edges/dense-edge.js';
import { weightRule } from '../edges/options.js';
import type { Adapter } from '../module.js';

/**
 * Frozen weights for the feedback of labels ±1 of C classes, which they see rescaled: 1 as √(C - 1) / 2 and -1 as -1 / √(C - 1). With
 * one 1 among them, the message is as large as that of ±1 units would be on average, whatever C.
 *
 * @throws `INVALID_ARGUMENT`, also for fewer than 2 classes; `SHAPE_MISMATCH`.
 */
export function frozenRescaledFullyConnected(options: DenseOptions): Adapter {
  const kind = 'frozenRescaledFullyConnected';
  checkDense(kind, options, weightRule);
  if (options.in < 2) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `Option 'in' of ${kind} is no number of classes`,
      received: String(options.in),
      expected: 'a whole number of 2 or more',
    });
  }
  const root = Math.sqrt(options.in - 1);
  const [slope, offset] = [(root / 2 + 1 / root) / 2, (root / 2 - 1 / root) / 2];
  return frozenEdge(
    denseEdge(kind, options, (y) => add(multiply(y, slope), offset)),
    options,
  );
}
