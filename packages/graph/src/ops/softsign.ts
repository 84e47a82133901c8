import { abs } from './abs.js';
import { add } from './add.js';
import { divide } from './div.js';
import { multiply } from './mul.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Softsign = unary('Softsign', {
  compute: (x) => x / (1 + Math.abs(x)),
  gradient: (x, _y, g) => {
    const width = add(1, abs(x));
    return divide(g, multiply(width, width));
  },
});

/** x / (1 + |x|), elementwise, between -1 and 1. ONNX Softsign. */
export const softsign = (x: TensorLike): Tensor => call1(Softsign, x);
