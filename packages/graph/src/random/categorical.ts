/** Draws from distributions over classes. */
import { argmax } from '../ops/arg-max.js';
import { add } from '../ops/add.js';
import { log } from '../ops/log.js';
import { negative } from '../ops/neg.js';
import { requireDType } from '../operator.js';
import { maximum } from '../ops/max.js';
import { normalizeAxis, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { uniform, type FloatOptions } from './uniform.js';

/** Numbers of the standard Gumbel distribution, -log(-log u) of uniform u; u is kept above 0, so that all are finite. */
export function gumbel(key: Tensor, shape: Shape, options: FloatOptions = {}): Tensor {
  const { dtype = 'float32' } = options;
  const smallest = dtype === 'float32' ? 2 ** -126 : 2 ** -1022;
  return negative(log(negative(log(maximum(uniform(key, shape, { dtype }), smallest)))));
}

/**
 * Classes drawn with the probabilities softmax(logits), as `int32`: the largest of logits with Gumbel noise (Gumbel, 1954).
 *
 * @param logits Unnormalised log probabilities along `axis` (default: the last), float; -Infinity is never drawn.
 * @param options.axis The axis of the classes, which the result does not have.
 * @throws `DTYPE_MISMATCH`, `INVALID_AXIS`.
 * @example categorical(key, logits); // logits float32[batch, classes] -> int32[batch]
 */
export function categorical(key: Tensor, logits: Tensor, options: { readonly axis?: number } = {}): Tensor {
  requireDType('categorical', logits, ['float32', 'float64'], 'logits');
  const axis = normalizeAxis('categorical', options.axis ?? -1, logits.shape.length);
  return argmax(add(logits, gumbel(key, logits.shape, { dtype: logits.dtype as 'float32' | 'float64' })), { axis });
}
