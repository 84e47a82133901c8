/** Inequality. */
import { equal } from '../ops/equal.js';
import { logicalNot } from '../ops/not.js';
import type { Tensor, TensorLike } from '../tensor.js';

/** a !== b as bool, elementwise with broadcasting. No gradient flows. */
export const notEqual = (a: TensorLike, b: TensorLike): Tensor => logicalNot(equal(a, b));
