import { exp } from './exp.js';
import { multiply } from './mul.js';
import { negative } from './neg.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

/**
 * Coefficients of erf, highest power first, to the last bit of float64. W. J. Cody, Rational Chebyshev approximations for the error
 * function, Mathematics of Computation 23 (1969). Engines without a float64 erf compose it from them.
 */
export const erfCoefficients = {
  /** Up to this |x|: erf(x) = x p(x²) / q(x²). */
  limit: 0.46875,
  near: {
    p: [0.185777706184603153, 3.1611237438705656, 113.864154151050156, 377.485237685302021, 3209.37758913846947],
    q: [1, 23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062],
  },
  /** Beyond it, for positive x: erf(x) = 1 - e^(-x²) p(x) / q(x). At 6 it has become 1. */
  far: {
    p: [
      2.15311535474403846e-8, 0.564188496988670089, 8.88314979438837594, 66.1191906371416295, 298.635138197400131, 881.95222124176909,
      1712.04761263407058, 2051.07837782607147, 1230.33935479799725,
    ],
    q: [
      1, 15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019, 3290.79923573345963, 4362.61909014324716,
      3439.36767414372164, 1230.33935480374942,
    ],
  },
} as const;

const polynomial = (x: number, coefficients: readonly number[]): number => coefficients.reduce((value, c) => value * x + c, 0);

function compute(x: number): number {
  const { limit, near, far } = erfCoefficients;
  const size = Math.abs(x);
  if (size <= limit) return (x * polynomial(x * x, near.p)) / polynomial(x * x, near.q);
  if (size > 6) return Math.sign(x);
  return Math.sign(x) * (1 - (Math.exp(-x * x) * polynomial(size, far.p)) / polynomial(size, far.q));
}

export const Erf = unary('Erf', {
  compute,
  gradient: (x, _y, g) => multiply(g, multiply(2 / Math.sqrt(Math.PI), exp(negative(multiply(x, x))))),
});

/** The error function 2/√π ∫₀ˣ e^(-t²) dt, elementwise. ONNX Erf. */
export const erf = (x: TensorLike): Tensor => call1(Erf, x);
