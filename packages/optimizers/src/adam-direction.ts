/** The quotient that adam and its kin share: a corrected mean over the root of a corrected mean of squares. */
import { add, cast, divide, multiply, sqrt, type DType, type Tensor } from '@gradus/graph';
import { oncePerType, oneMinusPower } from './bias-correction.js';

interface Constants {
  readonly b1: number;
  readonly b2: number;
  readonly eps: number;
  readonly epsRoot?: number;
  readonly nesterov?: boolean;
}

/**
 * u = mHat / (sqrt(v / (1 - b2^t) + epsRoot) + eps) with mHat = m / (1 - b1^t), and with `nesterov`
 * mHat = b1 m / (1 - b1^(t + 1)) + (1 - b1) g / (1 - b1^t).
 *
 * Computed with c = sqrt(1 - b2^t) as c mHat / (sqrt(v + epsRoot c^2) + eps c), which is the same number and puts all corrections into
 * scalars.
 *
 * @param count t, the number of this step counted from 1: an int32 scalar.
 * @param factor A scalar that the result is multiplied by: free, where a pass over the parameters would not be.
 */
export function adamDirection(
  { b1, b2, eps, epsRoot = 0, nesterov = false }: Constants,
  count: Tensor,
  factor?: (dtype: DType) => Tensor,
): (g: Tensor, m: Tensor, v: Tensor) => Tensor {
  const scalars = oncePerType((dtype) => {
    const t = cast(count, dtype);
    const square = oneMinusPower(b2, t);
    const root = sqrt(square);
    const corrected = (power: Tensor): Tensor => {
      const quotient = divide(root, oneMinusPower(b1, power));
      return factor === undefined ? quotient : multiply(quotient, factor(dtype));
    };
    return {
      m: nesterov ? multiply(corrected(add(t, 1)), b1) : corrected(t),
      g: nesterov ? multiply(corrected(t), 1 - b1) : null,
      eps: multiply(root, eps),
      epsRoot: epsRoot > 0 ? multiply(square, epsRoot) : null,
    };
  });
  return (g, m, v) => {
    const s = scalars(g.dtype);
    const mean = multiply(m, s.m);
    const root = sqrt(s.epsRoot === null ? v : add(v, s.epsRoot));
    return divide(s.g === null ? mean : add(mean, multiply(g, s.g)), add(root, s.eps));
  };
}
