/** Activations of the form x · gate(x). */
import { add } from '../ops/add.js';
import { erf } from '../ops/erf.js';
import { multiply } from '../ops/mul.js';
import { sigmoid } from '../ops/sigmoid.js';
import { softplus } from '../ops/softplus.js';
import { tanh } from '../ops/tanh.js';
import type { Tensor } from '../tensor.js';
import { hardSigmoid } from './sigmoids.js';

export interface GeluOptions {
  /** `'tanh'` for the faster approximation, which is off by up to 5e-4 (GPT-2 was trained with it). Default: `'none'`. */
  readonly approximate?: 'none' | 'tanh';
}

/** x Φ(x), elementwise, Φ being the normal distribution (Hendrycks and Gimpel, 2016). */
export function gelu(x: Tensor, { approximate = 'none' }: GeluOptions = {}): Tensor {
  const inner =
    approximate === 'tanh'
      ? tanh(multiply(Math.sqrt(2 / Math.PI), multiply(x, add(1, multiply(0.044715, multiply(x, x))))))
      : erf(multiply(x, Math.SQRT1_2));
  return multiply(multiply(x, 0.5), add(1, inner));
}

/** x sigmoid(x), elementwise; also called swish (Ramachandran et al., 2017). */
export const silu = (x: Tensor): Tensor => multiply(x, sigmoid(x));

/** x hardSigmoid(x), elementwise: {@link silu} from straight lines (Howard et al., 2019). ONNX HardSwish. */
export const hardSwish = (x: Tensor): Tensor => multiply(x, hardSigmoid(x));

/** x tanh(softplus(x)), elementwise (Misra, 2019). ONNX Mish. */
export const mish = (x: Tensor): Tensor => multiply(x, tanh(softplus(x)));
