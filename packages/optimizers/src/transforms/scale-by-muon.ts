/** Muon's scaling: momentum with all its singular values brought near 1. */
import { checkOptions, type GradientTransform, type TensorParams } from '@gradus/core';
import { add, cast, divide, formatSpec, GradusError, matmul, multiply, scalar, sum, transpose, type Tensor } from '@gradus/graph';
import { oncePerType, oneMinusPower } from '../bias-correction.js';
import { norm } from '../norm.js';
import { perParameter, runningMeans, zerosLike } from '../per-parameter.js';
import { muonRules } from '../scaling-rules.js';

/** Coefficients of one Newton-Schulz step, x' = a x + b (x x^T) x + c (x x^T)^2 x. */
export type NewtonSchulzCoefficients = readonly [a: number, b: number, c: number];

export interface ScaleByMuonOptions {
  /** Decay of the momentum, from 0 to below 1. Default: 0.95. */
  readonly beta?: number;
  /** Looks one step ahead. Default: `true`. */
  readonly nesterov?: boolean;
  /** Newton-Schulz steps: a whole number of at least 1. Default: 5. */
  readonly nsSteps?: number;
  /** Default: 3.4445, -4.775, 2.0315, which bring singular values between about 0.7 and 1.2 in five steps rather than exactly to 1. */
  readonly nsCoeffs?: NewtonSchulzCoefficients;
  /** Added to the norm that the momentum is divided by. Default: 1e-8. */
  readonly eps?: number;
  /** Scales the result by its inner product with the momentum, so that the size of gradients counts. Default: `false`. */
  readonly adaptive?: boolean;
}

/**
 * m' = beta m + (1 - beta) g, corrected as in `scaleByAdam` (with `nesterov` too), u = newtonSchulz(m^ / (|m^| + eps)).
 *
 * For parameters of two axes only. State: `count` (int32), `m`, half of Adam's.
 * Sources: Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024); for `adaptive`, Bernstein and Newhouse,
 * "Old optimizer, new norm: an anthology" (2024).
 *
 * @throws `INVALID_ARGUMENT`; `SHAPE_MISMATCH` from `init` for a parameter that is no matrix.
 */
export function scaleByMuon(options: ScaleByMuonOptions = {}): GradientTransform {
  const { beta = 0.95, nesterov = true, nsSteps = 5, nsCoeffs = [3.4445, -4.775, 2.0315], eps = 1e-8, adaptive = false } = options;
  checkOptions('scaleByMuon', options, muonRules);
  return {
    name: 'scaleByMuon',
    init(params) {
      for (const [name, param] of Object.entries(params)) {
        if (param.shape.length === 2) continue;
        throw new GradusError('SHAPE_MISMATCH', {
          what: `scaleByMuon cannot scale parameter '${name}'`,
          received: formatSpec(param),
          expected: 'a matrix: two axes',
          fix: 'Use muon(), which gives other parameters to adam.',
        });
      }
      return { count: scalar(0, 'int32'), m: zerosLike(params) };
    },
    update(gradients, state) {
      const count = add(state.count as Tensor, 1);
      const m = runningMeans(state.m, gradients, beta);
      const correct = oncePerType((dtype) => {
        const t = cast(count, dtype);
        return nesterov
          ? { m: divide(beta, oneMinusPower(beta, add(t, 1))), g: divide(1 - beta, oneMinusPower(beta, t)) }
          : { m: divide(1, oneMinusPower(beta, t)), g: null };
      });
      const updates = perParameter(m, (momentum, name) => {
        const scale = correct(momentum.dtype);
        const mean = multiply(momentum, scale.m);
        const direction = scale.g === null ? mean : add(mean, multiply((gradients as TensorParams)[name], scale.g));
        const orthogonal = newtonSchulz(divide(direction, add(norm(direction), eps)), nsCoeffs, nsSteps);
        return adaptive ? multiply(orthogonal, sum(multiply(direction, orthogonal))) : orthogonal;
      });
      return [updates, { count, m }];
    },
  };
}

/** Works on the wide side up, where x x^T is the smaller of the two products. */
function newtonSchulz(matrix: Tensor, [a, b, c]: NewtonSchulzCoefficients, steps: number): Tensor {
  const isTall = matrix.shape[0] > matrix.shape[1];
  let x = isTall ? transpose(matrix) : matrix;
  for (let i = 0; i < steps; i++) {
    const gram = matmul(x, transpose(x));
    const mix = add(multiply(gram, b), multiply(matmul(gram, gram), c));
    x = add(multiply(x, a), matmul(mix, x));
  }
  return isTall ? transpose(x) : x;
}
