/**
 * Initialisers by their usual names: a random key and a shape give an array. Variances as in Keras and PyTorch;
 * normal ones are not truncated (Keras cuts them at two deviations).
 */
import { multiply, normal, ones as onesOf, uniform, zeros as zerosOf, type NDArray, type Shape } from '@gradus/graph';

type Float = 'float32' | 'float64';

/** @param dtype Default: `float32`. */
export type Initializer = (key: NDArray, shape: Shape, dtype?: Float) => NDArray;

/** Fan-in and fan-out of a kernel whose last two axes are inputs and outputs. */
function fans(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
  const [fanIn, fanOut] = shape.length < 2 ? [shape[0] ?? 1, shape[0] ?? 1] : shape.slice(-2);
  return { fanIn, fanOut };
}

const symmetric = (key: NDArray, shape: Shape, limit: number, dtype: Float): NDArray =>
  uniform(key, shape, { low: -limit, high: limit, dtype }) as NDArray;

const scaled = (key: NDArray, shape: Shape, deviation: number, dtype: Float): NDArray =>
  multiply(normal(key, shape, { dtype }), deviation) as NDArray;

export const zeros: Initializer = (_key, shape, dtype = 'float32') => zerosOf(shape, dtype);

export const ones: Initializer = (_key, shape, dtype = 'float32') => onesOf(shape, dtype);

/** Uniform within ±sqrt(6 / (fanIn + fanOut)): keeps variances through linear and tanh layers. Glorot and Bengio (2010). */
export const glorotUniform: Initializer = (key, shape, dtype = 'float32') => {
  const { fanIn, fanOut } = fans(shape);
  return symmetric(key, shape, Math.sqrt(6 / (fanIn + fanOut)), dtype);
};

/** Normal with deviation sqrt(2 / (fanIn + fanOut)). Glorot and Bengio (2010). */
export const glorotNormal: Initializer = (key, shape, dtype = 'float32') => {
  const { fanIn, fanOut } = fans(shape);
  return scaled(key, shape, Math.sqrt(2 / (fanIn + fanOut)), dtype);
};

/** Uniform within ±sqrt(6 / fanIn): keeps variances through relu layers. He et al. (2015). */
export const heUniform: Initializer = (key, shape, dtype = 'float32') => symmetric(key, shape, Math.sqrt(6 / fans(shape).fanIn), dtype);

/** Normal with deviation sqrt(2 / fanIn). He et al. (2015). */
export const heNormal: Initializer = (key, shape, dtype = 'float32') => scaled(key, shape, Math.sqrt(2 / fans(shape).fanIn), dtype);
