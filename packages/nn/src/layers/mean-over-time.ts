/** One vector per sequence. */
import { cast, divide, expandDims, maximum, mean, multiply, sum } from '@gradus/graph';
import { requireShape, type Layer } from '../layer.js';
import { requireMask } from '../masks.js';

/**
 * The mean over the steps of sequences: `[batch, time, features]` gives `[batch, features]`. Extra: `mask`, bool [batch, time]: only steps
 * that are there count; a sequence without any gives zeros.
 */
export const meanOverTime: Layer = {
  init: () => ({}),
  apply(_params, x, _context, { mask } = {}) {
    requireShape('meanOverTime', x, ['time', 'features']);
    if (mask === undefined) return mean(x, { axes: 1 });
    requireMask('meanOverTime', 'mask', mask, x);
    const counts = expandDims(cast(mask, x.dtype), 2);
    return divide(sum(multiply(x, counts), { axes: 1 }), maximum(sum(counts, { axes: 1 }), 1));
  },
};
