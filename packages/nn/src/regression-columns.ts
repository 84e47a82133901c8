/** Outputs and targets of a regression as columns in float64: differences of sums of squares lose too many digits in float32. */
import { cast, multiply, reshape, sizeOf, sum, type Tensor } from '@gradus/graph';
import { requireSame } from './targets.js';
import { alongSamples } from './weighting.js';

export interface Columns {
  /** float64 [batch, columns]. */
  readonly outputs: Tensor;
  readonly targets: Tensor;
  /** The weighted sum over the batch of values [batch, columns]. */
  total(values: Tensor): Tensor;
}

/** @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, naming the user. */
export function columns(user: string, outputs: Tensor, targets: Tensor, weights?: Tensor): Columns {
  requireSame(user, outputs, targets);
  const shape = [outputs.shape[0], sizeOf(outputs.shape.slice(1))];
  const [x, y] = [outputs, targets].map((tensor) => reshape(cast(tensor, 'float64'), shape));
  const w = weights && alongSamples(user, x, weights);
  return { outputs: x, targets: y, total: (values) => sum(w === undefined ? values : multiply(w, values), { axes: 0 }) };
}
