/** What is added to the scores of attention so that a query does not see what it must not. */
import {
  add,
  asarray,
  cast,
  formatSpec,
  GradusError,
  multiply,
  reshape,
  subtract,
  type DType,
  type NDArray,
  type Tensor,
} from '@gradus/graph';
import type { Extras } from './layer.js';
import { requireMask } from './masks.js';

/** Far below every score, and its exponential is 0 beside any of theirs. Finite, so that a query that sees nothing gives no NaN. */
const HIDDEN = -1e9;

/**
 * A tensor that broadcasts to the scores `[batch, heads, queries, keys]`, or nothing where all is seen. It is added: the gradient of a
 * sum costs nothing, that of a choice another choice.
 */
export function attentionBias(
  name: string,
  scores: Tensor,
  source: Tensor,
  { causal, cross }: { readonly causal: boolean; readonly cross: boolean },
  extras: Extras,
): Tensor | undefined {
  const [, , queries, keys] = scores.shape;
  const parts: Tensor[] = causal ? [causalBias(queries, keys, scores.dtype)] : [];
  const padding = cross ? 'memoryMask' : 'mask';
  const steps = extras[padding];
  if (steps !== undefined) {
    requireMask(name, padding, steps, source);
    parts.push(reshape(hiding(steps, scores.dtype), [steps.shape[0], 1, 1, keys]));
  }
  if (!cross && extras.attentionMask !== undefined) parts.push(hiding(checked(name, extras.attentionMask, scores), scores.dtype));
  return parts.length === 0 ? undefined : parts.reduce((sum, part) => add(sum, part));
}

const hiding = (seen: Tensor, dtype: DType): Tensor => multiply(subtract(1, cast(seen, dtype)), HIDDEN);

/** Query i sees keys up to i. */
const causalBias = (queries: number, keys: number, dtype: DType): NDArray =>
  asarray(
    Float64Array.from({ length: queries * keys }, (_, i) => (i % keys <= Math.floor(i / keys) ? 0 : HIDDEN)),
    { shape: [queries, keys], dtype },
  );

function checked(name: string, mask: Tensor, scores: Tensor): Tensor {
  const { shape } = scores;
  const offset = shape.length - mask.shape.length;
  const fits = offset >= 0 && mask.shape.every((n, i) => n === 1 || n === shape[offset + i]);
  if (mask.dtype === 'bool' && fits) return mask;
  throw new GradusError(fits ? 'DTYPE_MISMATCH' : 'SHAPE_MISMATCH', {
    what: `${name}: the extra 'attentionMask' does not fit`,
    received: formatSpec(mask),
    expected: `bool that broadcasts to [${shape.join(', ')}], true where a query sees a key`,
  });
}
