/** Sinh, Cosh and their inverses of float64, which ONNX Runtime has in float32 only. */
import {
  abs,
  add,
  divide,
  exp,
  greater,
  less,
  log,
  multiply,
  negative,
  sign,
  sqrt,
  subtract,
  tanh,
  where,
  type RewriteRule,
  type Tensor,
} from '@gradus/graph';

/** e^x / 2 in two factors, so that it overflows no sooner than its last finite value. */
function halfExp(x: Tensor): Tensor {
  const root = exp(multiply(x, 0.5));
  return multiply(multiply(root, 0.5), root);
}

/** log(1 + x) of x >= 0, with what 1 + x loses added back. */
function log1p(x: Tensor): Tensor {
  const sum = add(x, 1);
  const lost = subtract(x, subtract(sum, 1));
  return where(greater(x, 1e16), log(x), add(log(sum), divide(lost, sum)));
}

/** `formula` for small x, log(2x) where its squares would overflow. */
const orLogarithm = (x: Tensor, formula: Tensor): Tensor => where(greater(x, 1e10), add(log(x), Math.LN2), formula);

const formulas: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  Sinh(x) {
    const t = tanh(multiply(x, 0.5));
    const near = divide(multiply(t, 2), multiply(subtract(1, t), add(1, t)));
    return where(less(abs(x), 1), near, subtract(halfExp(x), halfExp(negative(x))));
  },
  Cosh: (x) => add(halfExp(x), halfExp(negative(x))),
  Asinh(x) {
    const size = abs(x);
    const squared = multiply(size, size);
    const formula = log1p(add(size, divide(squared, add(1, sqrt(add(squared, 1))))));
    return multiply(sign(x), orLogarithm(size, formula));
  },
  Acosh(x) {
    const above = subtract(x, 1);
    return orLogarithm(x, log1p(add(above, multiply(sqrt(above), sqrt(add(above, 2))))));
  },
  Atanh(x) {
    const size = abs(x);
    return multiply(multiply(sign(x), 0.5), log1p(divide(multiply(size, 2), subtract(1, size))));
  },
};

export const wideHyperbolics: RewriteRule = (node, [x]) => {
  const formula = x?.dtype === 'float64' ? formulas[node.operator.name] : undefined;
  return formula === undefined ? null : [formula(x)];
};
