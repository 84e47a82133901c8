/** Steps as long as the loss allows. */
import { checkOptions, rules, type GradientTransform, type TransformState } from '@gradus/core';
import {
  add,
  cast,
  greater,
  isinf,
  isnan,
  less,
  logicalAnd,
  maximum,
  minimum,
  multiply,
  scalar,
  subtract,
  whileLoop,
  where,
  type Tensor,
} from '@gradus/graph';
import { checkTransform } from '../check-transform.js';
import { share } from '../options.js';
import { floatOf, innerProduct } from '../inner-product.js';
import { lineOf } from '../line.js';
import { perParameter } from '../per-parameter.js';

export interface BacktrackingLinesearchOptions {
  /** The most step sizes that are tried at one step. Default: 20. */
  readonly maxTrials?: number;
  /** Which share of the decrease that the slope promises is enough: above 0 and below 1. Default: 1e-4. */
  readonly slopeRtol?: number;
  /** What a step size that is not good enough is multiplied with: above 0 and below 1. Default: 0.8. */
  readonly decreaseFactor?: number;
  /** What the last step size is multiplied with for the first trial of the next step: at least 1. Default: 1.5. */
  readonly increaseFactor?: number;
  /** The greatest step size, and the first that is tried. Default: 1. */
  readonly maxStepSize?: number;
}

const atLeastOne = { expected: 'a number of at least 1', accepts: (v: unknown) => typeof v === 'number' && v >= 1 };

const backtrackingRules = {
  maxTrials: rules.positiveCount,
  slopeRtol: share,
  decreaseFactor: share,
  increaseFactor: atLeastOne,
  maxStepSize: rules.positive,
};

/**
 * Multiplies the updates u of `optimizer` by the first step size t of a falling sequence with
 * loss(p + t u) <= loss(p) + slopeRtol t (u g), the condition of Armijo. The updates must go downhill, as those of `sgd` without
 * momentum and of `scaleByLbfgs` do. Without success the last step size tried is taken; none at all when the loss there is not finite.
 *
 * Optax's `scale_by_backtracking_linesearch` behind an optimizer. Each trial computes the model once more. Hyperparameters are those
 * of `optimizer`. State: `stepSize`, `inner`. Source: Nocedal and Wright, "Numerical optimization" (2006), algorithm 3.1.
 *
 * @throws `INVALID_ARGUMENT`; in `update` `MISSING_CONTEXT` where gradients are sampled or there is no loss.
 * @example
 * backtrackingLinesearch(sgd({ learningRate: 1 }));
 */
export function backtrackingLinesearch(optimizer: GradientTransform, options: BacktrackingLinesearchOptions = {}): GradientTransform {
  checkTransform('backtrackingLinesearch', optimizer);
  const name = 'backtrackingLinesearch';
  checkOptions(name, options, backtrackingRules);
  const { maxTrials = 20, slopeRtol = 1e-4, decreaseFactor = 0.8, increaseFactor = 1.5, maxStepSize = 1 } = options;
  return {
    name: `${name}(${optimizer.name})`,
    hyperparameters: optimizer.hyperparameters,
    init: (params) => ({ stepSize: scalar(maxStepSize, floatOf(params)), inner: optimizer.init(params) }),
    update(gradients, state, params, context) {
      const last = state.stepSize as Tensor;
      const { dtype } = last;
      const [direction, inner] = optimizer.update(gradients, state.inner as TransformState, params, context);
      const line = lineOf(name, params, direction, context);
      const base = cast(line.loss, dtype);
      const slope = innerProduct(direction, gradients);

      /** By how much the loss at a step size exceeds what is allowed: 0 when it does not, infinite when it is NaN. */
      const excess = (stepSize: Tensor): Tensor => {
        const loss = cast(line.at(stepSize).loss, dtype);
        const over = subtract(subtract(loss, base), multiply(multiply(stepSize, slopeRtol), slope));
        return maximum(where(isnan(over), scalar(Infinity, dtype), over), 0);
      };
      const search = whileLoop(
        ({ over, trials }) => logicalAnd(greater(over, 0), less(trials, maxTrials)),
        ({ stepSize, trials }) => {
          const next = where(greater(trials, 0), multiply(stepSize, decreaseFactor), stepSize);
          return { stepSize: next, over: excess(next), trials: add(trials, 1) };
        },
        {
          stepSize: increaseFactor === Infinity ? scalar(maxStepSize, dtype) : minimum(multiply(last, increaseFactor), maxStepSize),
          over: scalar(Infinity, dtype),
          trials: scalar(0, 'int32'),
        } as Readonly<Record<'stepSize' | 'over' | 'trials', Tensor>>,
      ) as Readonly<Record<'stepSize' | 'over' | 'trials', Tensor>>;
      const taken = where(isinf(search.over), 0, search.stepSize);
      return [perParameter(direction, (d) => multiply(d, cast(taken, d.dtype))), { stepSize: search.stepSize, inner }];
    },
    ...(optimizer.evaluationParams && {
      evaluationParams: (params, state) => optimizer.evaluationParams!(params, state.inner as TransformState),
    }),
  };
}
