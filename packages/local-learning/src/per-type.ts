/** Constants that are made once for each element type. */
import type { NDArray } from '@gradus/graph';
import type { Float } from './module.js';

export function perType(make: (dtype: Float) => NDArray): (dtype: Float) => NDArray {
  const made = new Map<Float, NDArray>();
  return (dtype) => {
    const array = made.get(dtype) ?? make(dtype);
    made.set(dtype, array);
    return array;
  };
}
