/** Splitting data into a part to train on and a part to validate with. */
import { checkOptions, rules } from '@gradus/core';
import { GradusError, type NDArray } from '@gradus/graph';
import { toArrays, type Fields } from './fields.js';
import { inOrder, shuffled } from './order.js';
import { takeRows } from './rows.js';

export interface SplitOptions {
  /** Share of the samples to validate with, between 0 and 1. Default: 0.2. At least one sample goes to each side. */
  readonly validation?: number;
  /** Draw the samples at random; else the last ones are taken, as for series in time. Default: `true`. */
  readonly shuffle?: boolean;
  /** Decides the draw. Default: 0. */
  readonly seed?: number;
}

type Arrays = Record<string, NDArray>;

/**
 * Every sample goes to exactly one side.
 * @throws `INVALID_SPLIT` when a side would be empty, and what `inMemory` throws for data that does not fit.
 * @example
 * const { train, validation } = trainValidationSplit({ x, y }, { validation: 0.1, seed: 1 });
 */
export function trainValidationSplit(fields: Fields, options: SplitOptions = {}): { readonly train: Arrays; readonly validation: Arrays } {
  checkOptions('trainValidationSplit', options, { validation: rules.finite, shuffle: rules.flag, seed: rules.any });
  const { validation = 0.2, shuffle = true, seed = 0 } = options;
  const { arrays, rows } = toArrays(fields);
  if (!(validation > 0 && validation < 1) || rows < 2) {
    throw new GradusError('INVALID_SPLIT', {
      what: 'The data cannot be split so',
      received: `validation ${validation} of ${rows} samples`,
      expected: 'a share between 0 and 1, and at least two samples',
    });
  }
  const cut = Math.min(Math.max(Math.round(rows * (1 - validation)), 1), rows - 1);
  const order = shuffle ? shuffled(rows, seed, 0) : inOrder(rows);
  const part = (from: number, to: number): Arrays =>
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, takeRows(array, order, from, to)]));
  return { train: part(0, cut), validation: part(cut, rows) };
}
