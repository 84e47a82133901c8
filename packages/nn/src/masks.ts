/** Masks of sequences: bool, true where there is something. */
import { formatSpec, GradusError, type Tensor } from '@gradus/graph';

/** Throws unless `mask` is bool and has the first two axes of `x`, `[batch, time]`. */
export function requireMask(layer: string, name: string, mask: Tensor, x: Tensor): void {
  const shape = x.shape.slice(0, 2);
  if (mask.dtype === 'bool' && mask.shape.length === 2 && mask.shape.every((n, i) => n === shape[i])) return;
  throw new GradusError(mask.dtype === 'bool' ? 'SHAPE_MISMATCH' : 'DTYPE_MISMATCH', {
    what: `${layer}: the extra '${name}' does not fit`,
    received: `${formatSpec(mask)} for an input ${formatSpec(x)}`,
    expected: `bool[${shape.join(', ')}], true where there is something`,
    fix: 'sequenceMask(lengths, time) makes one.',
  });
}
