/** Adam's scaling with a second moment that never falls. */
import { checkOptions, type GradientTransform, type TensorParams } from '@gradus/core';
import { add, cast, divide, maximum, multiply, reciprocal, scalar, sqrt, type Tensor } from '@gradus/graph';
import { adamRules } from '../adam-options.js';
import { oncePerType, oneMinusPower } from '../bias-correction.js';
import { perParameter, runningMeans, zerosLike } from '../per-parameter.js';
import type { ScaleByAdamOptions } from './scale-by-adam.js';

/**
 * m and v as Adam's, vMax' = max(vMax, v' / (1 - b2^t)), u = (m' / (1 - b1^t)) / (sqrt(vMax' + epsRoot) + eps), t = 1, 2, ...
 *
 * As Optax, the maximum is over corrected moments; PyTorch's `amsgrad=True` takes it before the correction, so that early large
 * gradients weigh less. State: `count` (int32), `m`, `v`, `vMax`. The defaults are Adam's.
 * Source: Reddi, Kale and Kumar, "On the convergence of Adam and beyond" (ICLR 2018).
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByAmsgrad(options: Pick<ScaleByAdamOptions, 'b1' | 'b2' | 'eps' | 'epsRoot'> = {}): GradientTransform {
  const name = 'scaleByAmsgrad';
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8, epsRoot = 0 } = options;
  const { learningRate: _, ...allowed } = adamRules;
  checkOptions(name, options, allowed);
  return {
    name,
    init: (params) => ({ count: scalar(0, 'int32'), m: zerosLike(params), v: zerosLike(params), vMax: zerosLike(params) }),
    update(gradients, state) {
      const count = add(state.count as Tensor, 1);
      const correct = oncePerType((dtype) => {
        const t = cast(count, dtype);
        return { m: reciprocal(oneMinusPower(b1, t)), v: reciprocal(oneMinusPower(b2, t)) };
      });
      const squares = perParameter(gradients, (g) => multiply(g, g));
      const m = runningMeans(state.m, gradients, b1);
      const v = runningMeans(state.v, squares, b2);
      const vMax = perParameter(v, (x, p) => maximum((state.vMax as TensorParams)[p], multiply(x, correct(x.dtype).v)));
      const updates = perParameter(m, (x, p) => {
        const root = sqrt(epsRoot > 0 ? add(vMax[p], epsRoot) : vMax[p]);
        return divide(multiply(x, correct(x.dtype).m), add(root, eps));
      });
      return [updates, { count, m, v, vMax }];
    },
  };
}
