/** Clip: bounds as attributes before operator set 11, as scalar inputs since. */
import { clip, isFloat, maximum, minimum, type Tensor } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

function bounded(call: Call): Tensor {
  const x = call.input(0);
  const low = call.float('min') ?? call.optional(1);
  const high = call.float('max') ?? call.optional(2);
  if (low !== undefined && high !== undefined && isFloat(x.dtype)) return clip(x, low, high);
  const above = low === undefined ? x : maximum(x, low);
  return high === undefined ? above : minimum(above, high);
}

export const rules: Rules = { Clip: bounded };
