import { add, foldIn, GradusError, multiply, normal, type NDArray } from '@gradus/graph';
import type { Initializer } from '../initializer.js';

export interface TruncatedNormalOptions {
  /** Default: 0. */
  readonly mean?: number;
  /** Of the normal distribution, before it is cut. Default: 0.05, as in Keras. */
  readonly deviation?: number;
  /** How many deviations from the mean it is cut: above 0. Default: 2. */
  readonly bound?: number;
}

/**
 * Normally distributed within `bound` deviations of the mean: what falls outside is drawn again.
 * @throws `INVALID_ARGUMENT` for a bound that is not above 0.
 */
export function truncatedNormal({ mean = 0, deviation = 0.05, bound = 2 }: TruncatedNormalOptions = {}): Initializer {
  if (!(bound > 0)) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: "Option 'bound' of truncatedNormal is not usable",
      received: String(bound),
      expected: 'a number above 0',
    });
  }
  return (key, shape, dtype = 'float32') => {
    const values = normal(foldIn(key, 0), shape, { dtype }) as NDArray;
    const data = values.data as Float64Array;
    const outside = (i: number): boolean => Math.abs(data[i]) > bound;
    let missing = Array.from(data.keys()).filter(outside);
    for (let round = 1; missing.length > 0; round++) {
      const draws = normal(foldIn(key, round), [missing.length], { dtype }) as NDArray;
      missing.forEach((at, i) => (data[at] = draws.data[i] as number));
      missing = missing.filter(outside);
    }
    return add(multiply(values, deviation), mean) as NDArray;
  };
}
