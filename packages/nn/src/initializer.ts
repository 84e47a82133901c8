/** What an initialiser is, and the numbers of connections that most of them scale by. */
import type { NDArray, Shape } from '@gradus/graph';

export type Float = 'float32' | 'float64';

/** How many inputs reach one output of a layer, and how many outputs one input reaches. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * First values of a parameter from a random key.
 *
 * @param dtype Default: `float32`.
 * @param fans Default: those of {@link fansOf}. Layers tell theirs, also to the initialisers of biases.
 */
export type Initializer = (key: NDArray, shape: Shape, dtype?: Float, fans?: Fans) => NDArray;

/** Fans by shape: a matrix is `[in, out]`, as of `dense`; more axes are a kernel of a convolution, `[out, in, …kernel]`. */
export function fansOf(shape: Shape): Fans {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  if (shape.length === 2) return { fanIn: shape[0], fanOut: shape[1] };
  const field = shape.slice(2).reduce((product, n) => product * n, 1);
  return { fanIn: shape[1] * field, fanOut: shape[0] * field };
}
