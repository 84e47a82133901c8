/** Steps that lead to where the loss is lower and the slope is smaller. */
import { checkOptions, rules, type GradientTransform, type TransformState } from '@gradus/core';
import {
  abs,
  add,
  cast,
  divide,
  equal,
  greater,
  greaterEqual,
  isinf,
  isnan,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  minimum,
  multiply,
  scalar,
  subtract,
  where,
  whileLoop,
  type Tensor,
} from '@gradus/graph';
import { checkTransform } from '../check-transform.js';
import { floatOf, innerProduct } from '../inner-product.js';
import { lineOf } from '../line.js';
import { share } from '../options.js';
import { perParameter } from '../per-parameter.js';

export interface ZoomLinesearchOptions {
  /** The most step sizes that are tried at one step. Default: 20. */
  readonly maxTrials?: number;
  /** Which share of the decrease that the slope promises is enough: above 0, at most `curvRtol`. Default: 1e-4. */
  readonly slopeRtol?: number;
  /** Which share of the slope may be left: above 0 and below 1. Default: 0.9, which suits Newton's directions; 0.1 suits gradients. */
  readonly curvRtol?: number;
  /** The first step size that is tried. Default: 1. */
  readonly initialStepSize?: number;
  /** The greatest, at least the first. Default: 1000. */
  readonly maxStepSize?: number;
}

/**
 * The state of a search: `low` is the best step size so far, `high` bounds the interval on its other side once `bracketed`, `next` is the one to
 * try.
 */
type Search = Readonly<Record<'next' | 'low' | 'lowLoss' | 'lowSlope' | 'high' | 'highLoss' | 'bracketed' | 'done' | 'trials', Tensor>>;

/**
 * Multiplies the updates u of `optimizer` by a step size t that meets the strong conditions of Wolfe:
 * loss(p + t u) <= loss(p) + slopeRtol t (u g) and |u g(p + t u)| <= curvRtol |u g|.
 *
 * Step sizes double until an interval must hold such a t, then shrink it by quadratic interpolation, a tenth at least at either end. The
 * updates must go downhill. Without success the best step size tried is taken, none when none is an improvement. Each trial differentiates
 * the model once more. Like Optax's `scale_by_zoom_linesearch` behind an optimizer, which interpolates by cubics. Hyperparameters and state
 * are those of `optimizer`. Source: Nocedal and Wright, "Numerical optimization" (2006), algorithms 3.5 and 3.6.
 *
 * @throws `INVALID_ARGUMENT`; in `update` `MISSING_CONTEXT` where gradients are sampled or there is no loss.
 * @example
 * zoomLinesearch(sgd({ learningRate: 1 }), { curvRtol: 0.1 });
 */
export function zoomLinesearch(optimizer: GradientTransform, options: ZoomLinesearchOptions = {}): GradientTransform {
  checkTransform('zoomLinesearch', optimizer);
  const name = 'zoomLinesearch';
  const { maxTrials = 20, slopeRtol = 1e-4, curvRtol = 0.9, initialStepSize = 1, maxStepSize = 1000 } = options;
  checkOptions(name, options, {
    maxTrials: rules.positiveCount,
    curvRtol: share,
    slopeRtol: {
      expected: `a number above 0 and at most ${curvRtol}`,
      accepts: (v) => rules.positive.accepts(v) && (v as number) <= curvRtol,
    },
    initialStepSize: rules.positive,
    maxStepSize: {
      expected: `a finite number of at least ${initialStepSize}`,
      accepts: (v) => rules.positive.accepts(v) && (v as number) >= initialStepSize,
    },
  });
  return {
    name: `${name}(${optimizer.name})`,
    hyperparameters: optimizer.hyperparameters,
    init: (params) => optimizer.init(params),
    update(gradients, state, params, context) {
      const dtype = floatOf(gradients);
      const [direction, next] = optimizer.update(gradients, state, params, context);
      const line = lineOf(name, params, direction, context);
      const base = cast(line.loss, dtype);
      const slope = innerProduct(direction, gradients);
      const flatEnough = multiply(abs(slope), curvRtol);

      const tryNext = (search: Search): Search => {
        const { next: t, low, lowLoss, lowSlope, high, highLoss, bracketed } = search;
        const here = line.at(t);
        const [loss, slopeHere] = [cast(here.loss, dtype), here.slope];
        const allowed = add(base, multiply(multiply(t, slopeRtol), slope));
        // Written so that a loss or slope of NaN is bad.
        const good = logicalAnd(logicalAnd(lessEqual(loss, allowed), less(loss, lowLoss)), logicalNot(isnan(slopeHere)));
        // The minimum lies behind: between this step size and the one before.
        const turned = where(bracketed, greaterEqual(multiply(slopeHere, subtract(high, low)), 0), greaterEqual(slopeHere, 0));
        const swaps = logicalAnd(good, turned);
        const after = {
          low: where(good, t, low),
          lowLoss: where(good, loss, lowLoss),
          lowSlope: where(good, slopeHere, lowSlope),
          high: where(good, where(turned, low, high), t),
          highLoss: where(good, where(turned, lowLoss, highLoss), loss),
          bracketed: logicalOr(bracketed, logicalOr(logicalNot(good), swaps)),
        };
        const met = logicalAnd(good, lessEqual(abs(slopeHere), flatEnough));
        const atEnd = logicalAnd(logicalNot(after.bracketed), equal(t, maxStepSize));
        return {
          next: where(after.bracketed, inside(after), minimum(multiply(t, 2), maxStepSize)),
          ...after,
          done: logicalOr(met, atEnd),
          trials: add(search.trials, 1),
        };
      };

      const zero = scalar(0, dtype);
      const no = scalar(false, 'bool');
      const { low } = whileLoop((search) => logicalAnd(logicalNot(search.done), less(search.trials, maxTrials)), tryNext, {
        next: scalar(initialStepSize, dtype),
        low: zero,
        lowLoss: base,
        lowSlope: slope,
        high: zero,
        highLoss: base,
        bracketed: no,
        // Uphill, or at the minimum, there is nothing to find.
        done: greaterEqual(slope, 0),
        trials: scalar(0, 'int32'),
      } as Search) as Search;
      return [perParameter(direction, (d) => multiply(d, cast(low, d.dtype))), next];
    },
    ...(optimizer.evaluationParams && {
      evaluationParams: (params, state: TransformState) => optimizer.evaluationParams!(params, state),
    }),
  };
}

/** The minimum of the parabola through both ends with the slope of the low one; the middle where that is no number. */
function inside({ low, lowLoss, lowSlope, high, highLoss }: Pick<Search, 'low' | 'lowLoss' | 'lowSlope' | 'high' | 'highLoss'>): Tensor {
  const width = subtract(high, low);
  const bend = subtract(subtract(highLoss, lowLoss), multiply(lowSlope, width));
  const part = divide(multiply(multiply(lowSlope, width), -0.5), bend);
  const usable = logicalAnd(greater(bend, 0), logicalNot(logicalOr(isinf(bend), isnan(part))));
  return add(low, multiply(width, where(usable, minimum(maximum(part, 0.1), 0.9), 0.5)));
}
