/** States to begin with. */
import { formatSpec, GradusError, sameShape, zeros, type Shape, type Tensor } from '@gradus/graph';
import type { LayerMap } from '../layer-map.js';
import type { Float } from '../module.js';
import type { State } from './orchestrator.js';

/**
 * The input as it is, the output layer as `y` or 0, and every other unit at 0: it has not decided.
 *
 * @param x `[batch, …input]`.
 * @param y `[batch, …output]`, one row for each of x.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, naming layer and shapes.
 */
export function initialState(map: LayerMap, x: Tensor, y: Tensor | undefined, dtype: Float): State {
  const batch = x.shape[0];
  requireState('The input', x, batch, map.shapes[0], dtype);
  if (y !== undefined) requireState(`The target of layer ${map.output}`, y, batch, map.shapes[map.output], dtype);
  const zero = map.rows.map((row) => [row, zeros([batch, ...map.shapes[row]], dtype)]);
  return { 0: x, ...Object.fromEntries(zero), ...(y === undefined ? {} : { [map.output]: y }) };
}

function requireState(what: string, tensor: Tensor, batch: number, shape: Shape, dtype: Float): void {
  const fits = sameShape(tensor.shape, [batch, ...shape]);
  if (fits && tensor.dtype === dtype) return;
  throw new GradusError(fits ? 'DTYPE_MISMATCH' : 'SHAPE_MISMATCH', {
    what: `${what} does not fit the layer map`,
    received: formatSpec(tensor),
    expected: `${dtype}[${[batch ?? 'batch', ...shape].join(', ')}]`,
    fix: fits ? `Cast it, or give localNetwork({ dtype: '${tensor.dtype}' }).` : undefined,
  });
}
