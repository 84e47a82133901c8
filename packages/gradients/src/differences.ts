/** What the finite-difference estimators share: the loss with one element moved, checked and by name. */
import type { Evaluation, Params, SampledEstimator, Schedule } from '@gradus/core';
import { dtypes, GradusError, NDArray } from '@gradus/graph';
import { checkPositive } from './check-rate.js';

export interface DifferenceOptions {
  /**
   * How far each element is moved. Default: 1e-3: in float64 the truncation error of central differences is then about 1e-7 of the
   * third derivative, and in float32 it stays above rounding.
   */
  readonly epsilon?: number | Schedule;
}

/** The derivative along one element, from the loss at the base and a function that gives it `shift` away. */
type Quotient = (base: number, moved: (shift: number) => Promise<number>, epsilon: number) => Promise<number>;

/** An estimator that evaluates the base first, then each element in canonical order with all others at the base. */
export function differences(name: string, { epsilon = 1e-3 }: DifferenceOptions, quotient: Quotient): SampledEstimator {
  checkPositive(name, 'epsilon', epsilon);
  return {
    kind: 'sampled',
    name,
    hyperparameters: { epsilon },
    async estimate(evaluate, params, { hyperparameters }) {
      const evaluation = await evaluate(params);
      const gradients: Record<string, NDArray> = {};
      for (const [parameter, array] of Object.entries(params)) {
        const data = dtypes[array.dtype].allocate(array.size) as Float64Array;
        for (let i = 0; i < data.length; i++) {
          const moved = (shift: number): Promise<number> => lossAt(evaluate, params, parameter, i, shift);
          data[i] = await quotient(evaluation.loss, moved, hyperparameters.epsilon);
        }
        gradients[parameter] = new NDArray(array.dtype, array.shape, data);
      }
      return { gradients, evaluation };
    },
  };
}

/** @throws `NON_FINITE_LOSS`, naming the element and how far it was moved. */
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
