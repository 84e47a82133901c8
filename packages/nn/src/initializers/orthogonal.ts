import { asarray, GradusError, normal, sizeOf, type NDArray } from '@gradus/graph';
import type { Initializer } from '../initializer.js';

/**
 * A random matrix with orthonormal rows, or columns where there are fewer, times `gain`; a kernel of more axes is the matrix
 * `[first axis, all others]`. Saxe et al. (2014).
 *
 * @param options.gain Default: 1.
 * @throws `INVALID_ARGUMENT`, when called, for a shape of fewer than two axes.
 */
export function orthogonal({ gain = 1 }: { readonly gain?: number } = {}): Initializer {
  return (key, shape, dtype = 'float32') => {
    if (shape.length < 2) {
      throw new GradusError('INVALID_ARGUMENT', {
        what: 'orthogonal makes matrices',
        received: `[${shape.join(', ')}]`,
        expected: 'a shape of two or more axes',
      });
    }
    const [rows, columns] = [shape[0], sizeOf(shape.slice(1))];
    const wide = rows <= columns;
    const [count, length] = wide ? [rows, columns] : [columns, rows];
    const draws = (normal(key, [count, length], { dtype: 'float64' }) as NDArray).data as Float64Array;
    const vectors = Array.from({ length: count }, (_, i) => draws.subarray(i * length, (i + 1) * length));
    orthonormalize(vectors);
    const values = Float64Array.from({ length: rows * columns }, (_, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      return gain * (wide ? vectors[row][column] : vectors[column][row]);
    });
    return asarray(values, { shape, dtype });
  };
}

/**
 * The modified method of Gram and Schmidt, in place. Each vector is cleared twice of those before it: once leaves errors as large as
 * the part that was taken away is larger than what remains.
 */
function orthonormalize(vectors: readonly Float64Array[]): void {
  vectors.forEach((vector, i) => {
    for (let pass = 0; pass < 2; pass++) for (const other of vectors.slice(0, i)) subtractScaled(vector, other, dot(vector, other));
    const norm = Math.sqrt(dot(vector, vector));
    vector.forEach((value, k) => (vector[k] = value / norm));
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += a[k] * b[k];
  return total;
}

function subtractScaled(a: Float64Array, b: Float64Array, factor: number): void {
  for (let k = 0; k < a.length; k++) a[k] -= factor * b[k];
}
