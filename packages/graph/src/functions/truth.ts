/** Questions with yes or no for an answer, over elements and over axes. */
import { abs } from '../ops/abs.js';
import { cast } from '../ops/cast.js';
import { less } from '../ops/less.js';
import { logicalNot } from '../ops/not.js';
import { min } from '../ops/reduce-min.js';
import { sum } from '../ops/reduce-sum.js';
import type { ReduceOptions } from '../reduction.js';
import type { Tensor } from '../tensor.js';
import { notEqual } from './not-equal.js';

const isTrue = (x: Tensor): Tensor => (x.dtype === 'bool' ? x : notEqual(x, 0));

/** False where a float is NaN or infinite, elementwise. */
export const isfinite = (x: Tensor): Tensor => less(abs(x), Infinity);

/** Whether all elements over axes (default: all) are true, or not 0; over none, `true`. */
export const all = (x: Tensor, options: ReduceOptions = {}): Tensor => cast(min(cast(isTrue(x), 'int32'), options), 'bool');

/** Whether any element over axes (default: all) is true, or not 0; over none, `false`. */
export const any = (x: Tensor, options: ReduceOptions = {}): Tensor => logicalNot(all(logicalNot(isTrue(x)), options));

/** How many elements over axes (default: all) are true, or not 0, as `int32`. */
export const countNonzero = (x: Tensor, options: ReduceOptions = {}): Tensor => sum(cast(isTrue(x), 'int32'), options);
