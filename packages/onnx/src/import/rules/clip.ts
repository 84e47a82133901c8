/** Clip: bounds as attributes before operator set 11, as scalar inputs since. */
import { maximum, minimum, type Tensor, type TensorLike } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

function bounded(call: Call): Tensor {
  const low: TensorLike | undefined = call.float('min') ?? call.optional(1);
  const high: TensorLike | undefined = call.float('max') ?? call.optional(2);
  const above = low === undefined ? call.input(0) : maximum(call.input(0), low);
  return high === undefined ? above : minimum(above, high);
}

export const rules: Rules = { Clip: bounded };
