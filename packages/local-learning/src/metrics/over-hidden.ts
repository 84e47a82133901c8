/** Means over hidden layers. */
import { add, multiply, zeros, type Tensor } from '@gradus/graph';
import type { Observation } from './local-metric.js';

/** The mean over all layers but input and output of a scalar of each; 0 where there are none. */
export function overHidden({ dynamics: { map, setting } }: Observation, of: (row: number) => Tensor): Tensor {
  const rows = map.rows.filter((row) => row !== map.output);
  return rows.length === 0 ? zeros([], setting.dtype) : multiply(rows.map(of).reduce(add), 1 / rows.length);
}
