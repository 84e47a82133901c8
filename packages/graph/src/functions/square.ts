/** The square, as a function of its own because `x * x` names x twice. */
import { multiply } from '../ops/mul.js';
import type { Tensor } from '../tensor.js';

/** x * x, elementwise, for any numeric type. */
export const square = (x: Tensor): Tensor => multiply(x, x);
