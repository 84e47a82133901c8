/** Sizes of whole tensors, as scalars. */
import { mean, multiply, sqrt, sum, type Tensor } from '@gradus/graph';

/** sum(x^2). */
export const squaredNorm = (x: Tensor): Tensor => sum(multiply(x, x));

/** The Euclidean norm over all elements, whatever the rank: Frobenius' for a matrix. */
export const norm = (x: Tensor): Tensor => sqrt(squaredNorm(x));

/** Root of the mean of squares. */
export const rootMeanSquare = (x: Tensor): Tensor => sqrt(mean(multiply(x, x)));
