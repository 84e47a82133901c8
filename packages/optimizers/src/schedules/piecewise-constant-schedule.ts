import { rules, type Schedule } from '@gradus/core';
import { checkWithRequired } from '../options.js';
import { boundariesAndScales as scalesRule, piecesOf, type BoundariesAndScales } from '../pieces.js';

export interface PiecewiseConstantScheduleOptions {
  /** The value before the first boundary. */
  readonly initValue: number;
  /** By step, the factor of 0 or more that the value is multiplied with from there on. Default: none. */
  readonly boundariesAndScales?: BoundariesAndScales;
}

/**
 * initValue times the factors of all boundaries that `step` has reached: Optax's `piecewise_constant_schedule`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * piecewiseConstantSchedule({ initValue: 8, boundariesAndScales: { 10: 0.5, 20: 0.25 } })(20); // 1
 */
export function piecewiseConstantSchedule(options: PiecewiseConstantScheduleOptions): Schedule {
  const { initValue, boundariesAndScales = {} } = options;
  checkWithRequired('piecewiseConstantSchedule', options, { initValue: rules.notNegative }, { boundariesAndScales: scalesRule });
  const pieces = piecesOf(
    initValue,
    Object.entries(boundariesAndScales).map(([step, scale]) => [Number(step), scale]),
  );
  return (step) => pieces.findLast(([from]) => from <= step)![1];
}
