/** Tan, Asin, Acos and Atan of float64, which ONNX Runtime has in float32 only. */
import {
  acos,
  add,
  asin,
  atan,
  cast,
  cos,
  divide,
  maximum,
  minimum,
  multiply,
  sin,
  sqrt,
  subtract,
  type RewriteRule,
  type Tensor,
} from '@gradus/graph';

/** The angle in float32: about seven digits, from which one step with the float64 sine and cosine gives the others. */
const guessed = (angle: (x: Tensor) => Tensor, x: Tensor): Tensor => cast(angle(cast(x, 'float32')), 'float64');

/** The angle with this sine and cosine, near `guess`: the sine of the difference is below 1e-3, and two terms of asin suffice. */
function refined(sine: Tensor, cosine: Tensor, guess: Tensor): Tensor {
  const d = subtract(multiply(sine, cos(guess)), multiply(cosine, sin(guess)));
  return add(guess, multiply(d, add(1, divide(multiply(d, d), 6))));
}

const cosineOf = (sine: Tensor): Tensor => sqrt(multiply(subtract(1, sine), add(1, sine)));

const formulas: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  Tan: (x) => divide(sin(x), cos(x)),
  Asin: (x) => refined(x, cosineOf(x), guessed(asin, x)),
  Acos: (x) => refined(cosineOf(x), x, guessed(acos, x)),
  Atan(x) {
    const guess = guessed(atan, x);
    const [s, c] = [sin(guess), cos(guess)];
    // Farther out the angle is a right one to the last digit, and infinities would give NaN.
    const near = minimum(maximum(x, -1e20), 1e20);
    return add(guess, divide(subtract(multiply(near, c), s), add(c, multiply(near, s))));
  },
};

export const wideTrigonometry: RewriteRule = (node, [x]) => {
  const formula = x?.dtype === 'float64' ? formulas[node.operator.name] : undefined;
  return formula === undefined ? null : [formula(x)];
};
