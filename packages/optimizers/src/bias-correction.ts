/** The scalars of a step: what running means that start at zero still lack. */
import { divide, add, multiply, scalar, tanh, type DType, type Tensor } from '@gradus/graph';

/**
 * 1 - b^t as 2h / (1 + h) with h = tanh(-t ln(b) / 2). Subtracting b^t from 1 would leave four digits in float32 at t = 1 and
 * b = 0.999; the hyperbolic tangent is exact to rounding near 0.
 */
export function oneMinusPower(b: number, t: Tensor): Tensor {
  if (b === 0) return scalar(1, t.dtype);
  const h = tanh(multiply(t, -Math.log(b) / 2));
  return divide(multiply(h, 2), add(h, 1));
}

/** `make`, called once per element type: parameters of one type share their scalars. */
export function oncePerType<T>(make: (dtype: DType) => T): (dtype: DType) => T {
  const made = new Map<DType, T>();
  return (dtype) => {
    const known = made.get(dtype);
    if (known !== undefined) return known;
    const value = make(dtype);
    made.set(dtype, value);
    return value;
  };
}
