import { oneOf, rules, type Schedule } from '@gradus/core';
import { checkWithRequired } from '../options.js';
import { boundariesAndScales as scalesRule, interpolated, interpolations, piecesOf, type BoundariesAndScales } from '../pieces.js';

export interface PiecewiseInterpolateScheduleOptions {
  /** The way from one value to the next. */
  readonly interpolateType: 'linear' | 'cosine';
  /** The value at step 0. */
  readonly initValue: number;
  /** By step, the factor of 0 or more by which the value there differs from the one before. Default: none. */
  readonly boundariesAndScales?: BoundariesAndScales;
}

/**
 * Goes through values at given steps, in lines or half cosines, and stays at the last: Optax's `piecewise_interpolate_schedule`.
 * The factors multiply up: the value at a boundary is initValue times all factors so far.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * piecewiseInterpolateSchedule({ interpolateType: 'linear', initValue: 1, boundariesAndScales: { 4: 0.5, 8: 0 } })(6); // 0.25
 */
export function piecewiseInterpolateSchedule(options: PiecewiseInterpolateScheduleOptions): Schedule {
  const { interpolateType, initValue, boundariesAndScales = {} } = options;
  const required = { interpolateType: oneOf(...Object.keys(interpolations)), initValue: rules.notNegative };
  checkWithRequired('piecewiseInterpolateSchedule', options, required, { boundariesAndScales: scalesRule });
  const scales = Object.entries(boundariesAndScales).map(([step, scale]) => [Number(step), scale] as const);
  return interpolated(interpolateType, piecesOf(initValue, scales));
}
