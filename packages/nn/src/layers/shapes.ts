/** Other shapes for every sample. */
import { formatSpec, GradusError, reshape, sizeOf, type Shape, type Tensor } from '@gradus/graph';

/** Every sample as one vector: `[batch, …]` gives `[batch, features]`. */
export const flattenSamples = (x: Tensor): Tensor => reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);

/**
 * Every sample in another shape with as many elements: `[batch, …]` gives `[batch, ...shape]`.
 * @throws `SHAPE_MISMATCH` when applied to samples of another size.
 * @example sequential([dense({ in: 16, out: 7 * 7 * 8 }), reshapeSamples([8, 7, 7])]);
 */
export function reshapeSamples(shape: Shape): (x: Tensor) => Tensor {
  return (x) => {
    if (sizeOf(x.shape.slice(1)) === sizeOf(shape)) return reshape(x, [x.shape[0], ...shape]);
    throw new GradusError('SHAPE_MISMATCH', {
      what: `reshapeSamples([${shape.join(', ')}]) takes another input`,
      received: `${formatSpec(x)}, ${sizeOf(x.shape.slice(1))} elements per sample`,
      expected: `${sizeOf(shape)} elements per sample`,
    });
  };
}
