import { multiply } from './mul.js';
import { negative } from './neg.js';
import { binary, call2 } from '../elementwise.js';
import { GradusError } from '../errors.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Div = binary('Div', {
  loop(out, i, end, a, p, stepA, b, q, stepB) {
    for (; i < end; i++, p += stepA, q += stepB) out[i] = a[p] / b[q];
  },
  compute: (a, b) => {
    if (!b) {
      throw new GradusError('DIVISION_BY_ZERO', {
        what: 'Div: an integer divided by zero',
        received: `${a} / 0`,
        fix: "Divide floats, which give an infinity or NaN: cast(x, 'float32').",
      });
    }
    return a / b;
  },
  gradient: (_a, b, y, g) => {
    const ga = divide(g, b);
    return [ga, negative(multiply(ga, y))];
  },
});

/**
 * a / b, elementwise with broadcasting; integers truncate toward zero. ONNX Div.
 * @throws `DIVISION_BY_ZERO` in the interpreter when an integer is divided by 0. ONNX Runtime may end the process instead.
 */
export const divide = (a: TensorLike, b: TensorLike): Tensor => call2(Div, a, b);
