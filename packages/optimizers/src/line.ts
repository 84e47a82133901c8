/** The loss along a direction: what line searches ask for. */
import type { TensorParams, UpdateContext } from '@gradus/core';
import { add, cast, multiply, type Tensor } from '@gradus/graph';
import { innerProduct } from './inner-product.js';
import { perParameter } from './per-parameter.js';
import { requireContext } from './require-context.js';

export interface Line {
  /** The loss at the step size 0. */
  readonly loss: Tensor;
  /** Loss and slope at params + stepSize * direction. What is not used is not computed. */
  at(stepSize: Tensor): { readonly loss: Tensor; readonly slope: Tensor };
}

/** @throws `MISSING_CONTEXT`, naming the search. */
export function lineOf(search: string, params: TensorParams, direction: TensorParams, context: UpdateContext): Line {
  const evaluate = requireContext(context, search, 'evaluate');
  const loss = requireContext(context, search, 'loss');
  return {
    loss,
    at(stepSize) {
      const point = perParameter(params, (p, name) => add(p, multiply(direction[name], cast(stepSize, p.dtype))));
      const { loss: value, gradients } = evaluate(point);
      return {
        loss: requireContext({ ...context, loss: value ?? undefined }, search, 'loss'),
        slope: innerProduct(direction, gradients),
      };
    },
  };
}
