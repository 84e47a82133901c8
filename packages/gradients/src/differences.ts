/** What the finite-difference estimators share: the loss with one element moved, checked and by name. */
import {
  checkOptions,
  normalizeLoss,
  type Evaluation,
  type LossResult,
  type Params,
  type SampledEstimator,
  type Schedule,
  type TensorParams,
} from '@gradus/core';
import {
  add,
  any,
  cast,
  divide,
  dtypes,
  equal,
  full,
  GradusError,
  logicalOr,
  multiply,
  NDArray,
  negative,
  subtract,
  where,
} from '@gradus/graph';
import { forEachElement } from './many-losses.js';
import { positive } from './positive.js';

export interface DifferenceOptions {
  /**
   * How far each element is moved. Default: 1e-3. The error of a central difference is then 1e-6 / 6 of the third derivative, that of
   * a forward one 1e-3 / 2 of the second. Rounding adds about 1e-13 of the loss in float64 and 6e-5 in float32, where a much
   * smaller epsilon would drown in it; in float64 1e-5 (central) and 1e-8 (forward) are the most exact.
   */
  readonly epsilon?: number | Schedule;
}

/**
 * An estimator that evaluates the base first, then each element in canonical order with all others at the base.
 * @param central Whether an element is moved both ways, or forwards only.
 */
export function differences(name: string, options: DifferenceOptions, central: boolean): SampledEstimator {
  const { epsilon = 1e-3 } = options;
  checkOptions(name, options, { epsilon: positive });
  return {
    kind: 'sampled',
    name,
    hyperparameters: { epsilon },
    async estimate(evaluate, params, { hyperparameters }) {
      // Checked again because a schedule or a callback may have chosen it.
      checkOptions(name, { epsilon: hyperparameters.epsilon ?? null }, { epsilon: positive });
      const step = hyperparameters.epsilon;
      const evaluation = await evaluate(params);
      // There is no gradient here. The trainer reads the evaluation and says which term it was, and when.
      if (!Number.isFinite(evaluation.loss)) return { gradients: filledWithNaN(params), evaluation };
      const gradients: Record<string, NDArray> = {};
      for (const [parameter, array] of Object.entries(params)) {
        const data = dtypes[array.dtype].allocate(array.size) as Float64Array;
        for (let i = 0; i < data.length; i++) {
          const moved = (shift: number): Promise<number> => lossAt(evaluate, params, parameter, i, shift);
          const above = await moved(step);
          data[i] = (above - (central ? await moved(-step) : evaluation.loss)) / (central ? 2 * step : step);
        }
        gradients[parameter] = new NDArray(array.dtype, array.shape, data);
      }
      return { gradients, evaluation };
    },
    traced(model, params, batch, context) {
      const lossAt = (at: TensorParams): LossResult => normalizeLoss(model.loss!(at, batch, context));
      const { loss, metrics = {}, buffers = {} } = lossAt(params);
      const step = cast(context.hyperparameters.epsilon, loss.dtype);
      const gradients = forEachElement(
        params,
        (at) => lossAt(at).loss,
        (moved) => divide(subtract(moved(step), central ? moved(negative(step)) : loss), central ? multiply(step, 2) : step),
      );
      // A step that rounding swallows gives differences of 0: the loss says that something is wrong before they are believed.
      const lost = Object.values(params).map((p) => any(equal(add(p, cast(step, p.dtype)), p)));
      return { gradients, loss: where(lost.reduce(logicalOr), NaN, loss), metrics, buffers };
    },
  };
}

const filledWithNaN = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).map(([name, { shape, dtype }]) => [name, full(shape, NaN, dtype)]));

/** @throws `NON_FINITE_LOSS`, `INVALID_ARGUMENT`, naming the element and how far it was moved. */
async function lossAt(
  evaluate: (params: Params) => Promise<Evaluation>,
  params: Params,
  parameter: string,
  element: number,
  shift: number,
): Promise<number> {
  const array = params[parameter];
  const data = array.data.slice() as Float64Array;
  data[element] += shift;
  if (data[element] === array.data[element]) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `epsilon is lost in rounding at element ${element} of parameter '${parameter}'`,
      received: `${data[element]} + ${shift} in ${array.dtype}`,
      expected: 'an epsilon that changes every element',
      fix: 'Use a larger epsilon, or float64 parameters.',
      data: { parameter, element, shift },
    });
  }
  const { loss } = await evaluate({ ...params, [parameter]: new NDArray(array.dtype, array.shape, data) });
  if (Number.isFinite(loss)) return loss;
  throw new GradusError('NON_FINITE_LOSS', {
    what: `The loss became ${loss} with element ${element} of parameter '${parameter}' moved by ${shift}`,
    received: String(loss),
    expected: 'a finite number',
    fix: 'Use a smaller epsilon, or make the loss finite around the parameters.',
    data: { parameter, element, shift },
  });
}
