/** Puts the result of a reduction back on the shape of its input: reduced axes return with size 1, then broadcast. */
import { reshape } from './ops/reshape.js';
import type { Shape } from './shape.js';
import type { Tensor } from './tensor.js';

export const restoreAxes = (x: Tensor, shape: Shape, axes: readonly number[]): Tensor =>
  reshape(
    x,
    shape.map((n, i) => (axes.includes(i) ? 1 : n)),
  );
