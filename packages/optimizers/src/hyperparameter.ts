/** Hyperparameters as transforms read them, and as a hand-written loop makes them. */
import type { GradientTransform, UpdateContext } from '@gradus/core';
import { cast, GradusError, scalar, type DType, type NDArray, type Tensor } from '@gradus/graph';

/**
 * The scalar `name`, as the element type of the parameter it will meet.
 * @throws `MISSING_HYPERPARAMETER` when whoever calls `update` did not pass it.
 */
export function hyperparameter({ hyperparameters }: UpdateContext, transform: string, name: string, dtype: DType): Tensor {
  const value = hyperparameters[name];
  if (value === undefined) {
    throw new GradusError('MISSING_HYPERPARAMETER', {
      what: `${transform} was not given its hyperparameter '${name}'`,
      received: Object.keys(hyperparameters).join(', ') || 'none',
      expected: `'${name}' in context.hyperparameters`,
      fix: 'Pass { hyperparameters: hyperparametersAt(optimizer, step) }.',
    });
  }
  return cast(value, dtype);
}

/**
 * The values of a transform's hyperparameters at a step, as `update` takes them. The trainer does this by itself.
 *
 * @param step Counted from 0.
 * @param dtype Default: `float32`. Use `float64` when parameters are.
 * @example
 * hyperparametersAt(sgd({ learningRate: (step) => 1 / (step + 1) }), 3).learningRate.item(); // 0.25
 */
export const hyperparametersAt = (transform: GradientTransform, step: number, dtype: DType = 'float32'): Record<string, NDArray> =>
  Object.fromEntries(
    Object.entries(transform.hyperparameters ?? {}).map(([name, value]) => [
      name,
      scalar(typeof value === 'function' ? value(step) : value, dtype),
    ]),
  );
