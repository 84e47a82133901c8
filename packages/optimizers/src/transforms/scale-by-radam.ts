/** Adam's scaling with the variance of its first steps rectified, which replaces a warm-up. */
import { checkOptions, type GradientTransform } from '@gradus/core';
import { add, cast, divide, greaterEqual, multiply, reciprocal, scalar, sqrt, subtract, where, type Tensor } from '@gradus/graph';
import { oncePerType, oneMinusPower } from '../bias-correction.js';
import { perParameter, runningMeans, zerosLike } from '../per-parameter.js';
import { radamRules } from '../scaling-rules.js';

export interface ScaleByRadamOptions {
  /** Decay of the mean of gradients, from 0 to below 1. Default: 0.9. */
  readonly b1?: number;
  /** Decay of the mean of squares, from 0 to below 1. Default: 0.999. */
  readonly b2?: number;
  /** Keeps the quotient finite where gradients vanish. Default: 1e-8. */
  readonly eps?: number;
  /** How long the averaged past must be before squares are trusted: above 4. Default: 5, as PyTorch and the authors' code. */
  readonly threshold?: number;
}

/**
 * With n = 2 / (1 - b2) - 1 and n_t = n - 2 t b2^t / (1 - b2^t), the length of the averaged past: u = r_t times Adam's direction where
 * n_t is at least `threshold`, with r_t = sqrt((n_t - 4) (n_t - 2) n / ((n - 4) (n - 2) n_t)); before that u = m' / (1 - b1^t).
 * With the defaults that is so up to step 5.
 *
 * n_t is a small difference of large numbers, so it is computed in float64 whatever the parameters are. State: `count` (int32), `m`, `v`.
 * Source: Liu et al., "On the variance of the adaptive learning rate and beyond" (ICLR 2020).
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByRadam(options: ScaleByRadamOptions = {}): GradientTransform {
  const name = 'scaleByRadam';
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8, threshold = 5 } = options;
  checkOptions(name, options, radamRules);
  const longest = 2 / (1 - b2) - 1;

  /** u = m * factor / (sqrt(v) * weight + offset) in both cases, so that the choice is one of scalars. */
  const scalars = (count: Tensor): Record<'factor' | 'weight' | 'offset', Tensor> => {
    const t = cast(count, 'float64');
    const [first, second] = [oneMinusPower(b1, t), oneMinusPower(b2, t)];
    const length = subtract(longest, divide(multiply(multiply(t, 2), subtract(1, second)), second));
    const trusted = greaterEqual(length, threshold);
    const known = where(trusted, length, threshold);
    const ratio = divide(multiply(subtract(known, 4), subtract(known, 2)), known);
    const rectified = sqrt(multiply(ratio, longest / ((longest - 4) * (longest - 2))));
    const root = sqrt(second);
    return {
      factor: where(trusted, divide(multiply(rectified, root), first), reciprocal(first)),
      weight: where(trusted, scalar(1, 'float64'), 0),
      offset: where(trusted, multiply(root, eps), 1),
    };
  };

  return {
    name,
    init: (params) => ({ count: scalar(0, 'int32'), m: zerosLike(params), v: zerosLike(params) }),
    update(gradients, state) {
      const count = add(state.count as Tensor, 1);
      const wide = scalars(count);
      const at = oncePerType((dtype) => ({
        factor: cast(wide.factor, dtype),
        weight: cast(wide.weight, dtype),
        offset: cast(wide.offset, dtype),
      }));
      const squares = perParameter(gradients, (g) => multiply(g, g));
      const m = runningMeans(state.m, gradients, b1);
      const v = runningMeans(state.v, squares, b2);
      const updates = perParameter(m, (x, p) => {
        const { factor, weight, offset } = at(x.dtype);
        return divide(multiply(x, factor), add(multiply(sqrt(v[p]), weight), offset));
      });
      return [updates, { count, m, v }];
    },
  };
}
