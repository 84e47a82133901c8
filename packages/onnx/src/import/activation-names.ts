/** The activations that recurrent layers name in an attribute, with their coefficients. */
import {
  add,
  elu,
  greaterEqual,
  hardSigmoid,
  leakyRelu,
  multiply,
  relu,
  sigmoid,
  softplus,
  softsign,
  tanh,
  where,
  type Tensor,
} from '@gradus/graph';
import type { Call } from './call.js';

export type Activation = (x: Tensor) => Tensor;

interface Kind {
  /** Default coefficients; `undefined` where the activation takes none. */
  readonly alpha?: number;
  readonly beta?: number;
  readonly make: (alpha: number, beta: number) => Activation;
}

const kinds: Readonly<Record<string, Kind>> = {
  affine: { alpha: 1, beta: 0, make: (alpha, beta) => (x) => add(multiply(x, alpha), beta) },
  elu: { alpha: 1, make: (alpha) => (x) => elu(x, alpha) },
  hardsigmoid: { alpha: 0.2, beta: 0.5, make: (alpha, beta) => (x) => hardSigmoid(x, { alpha, beta }) },
  leakyrelu: { alpha: 0.01, make: (alpha) => (x) => leakyRelu(x, alpha) },
  relu: { make: () => relu },
  scaledtanh: { alpha: 1, beta: 1, make: (alpha, beta) => (x) => multiply(tanh(multiply(x, beta)), alpha) },
  sigmoid: { make: () => sigmoid },
  softplus: { make: () => softplus },
  softsign: { make: () => softsign },
  tanh: { make: () => tanh },
  thresholdedrelu: { alpha: 1, make: (alpha) => (x) => where(greaterEqual(x, alpha), x, 0) },
};

/** The functions of these names. Coefficients in the attributes belong to those that take some, in their order. */
export function activationsOf(call: Call, names: readonly string[]): Activation[] {
  const alphas = [...(call.floats('activation_alpha') ?? [])];
  const betas = [...(call.floats('activation_beta') ?? [])];
  return names.map((name) => {
    const kind = kinds[name.toLowerCase()];
    if (kind === undefined) throw call.unsupported(`activation ${name}`);
    const alpha = kind.alpha === undefined ? 0 : (alphas.shift() ?? kind.alpha);
    const beta = kind.beta === undefined ? 0 : (betas.shift() ?? kind.beta);
    return kind.make(alpha, beta);
  });
}
