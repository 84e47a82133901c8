/** Axes, as several rules need them. */
import { asarray, normalizeAxis, reshape, sizeOf, take, type Tensor } from '@gradus/graph';

/** x as a matrix: the axes before `axis` become its rows, the others its columns. */
export function flattened(x: Tensor, axis: number): Tensor {
  const at = axis === x.shape.length ? axis : normalizeAxis('Flatten', axis, x.shape.length);
  return reshape(x, [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))]);
}

/** x with axes of size 1 after its own, until it has `rank` of them. */
export const trailingOnes = (x: Tensor, rank: number): Tensor =>
  reshape(x, [...x.shape, ...new Array<number>(rank - x.shape.length).fill(1)]);

/** x of one axis, laid along `axis` of a tensor of `rank` axes. */
export const along = (x: Tensor, axis: number, rank: number): Tensor =>
  reshape(
    x,
    Array.from({ length: rank }, (_, i) => (i === axis ? x.shape[0] : 1)),
  );

/** x at these positions of an axis; positions are known. */
export const pick = (x: Tensor, positions: readonly number[], axis: number): Tensor =>
  take(x, asarray([...positions], { dtype: 'int64', shape: [positions.length] }), { axis });
