/** The activation of binary units. */
import { greaterEqual, scalar, where, type Tensor } from '@gradus/graph';

/** 1 where x >= 0, else -1, elementwise: unlike `sign`, never 0, so that a state has only two values. No gradient flows. */
export const sgn = (x: Tensor): Tensor => where(greaterEqual(x, 0), scalar(1, x.dtype), scalar(-1, x.dtype));
