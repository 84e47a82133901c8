/** Directions of vectors along the last axis, for similarities. */
import { divide, maximum, sqrt, square, sum, type Tensor } from '@gradus/graph';

/** Below this length a vector counts as having it, so that a zero vector has no infinite gradient. As in PyTorch's cosine_similarity. */
const SHORTEST = 1e-8;

/** Euclidean lengths of x along the last axis, from {@link SHORTEST}. */
export const lengths = (x: Tensor, keepDims = false): Tensor => sqrt(maximum(sum(square(x), { axes: -1, keepDims }), SHORTEST ** 2));

/** x divided by its lengths along the last axis. */
export const unitRows = (x: Tensor): Tensor => divide(x, lengths(x, true));
