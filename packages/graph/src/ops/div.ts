import { multiply } from './mul.js';
import { negative } from './neg.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Div = binary('Div', {
  compute: (a, b) => a / b,
  gradient: (_a, b, y, g) => {
    const ga = divide(g, b);
    return [ga, negative(multiply(ga, y))];
  },
});

/** a / b, elementwise with broadcasting; integers truncate toward zero. ONNX Div. */
export const divide = (a: TensorLike, b: TensorLike): Tensor => call2(Div, a, b);
