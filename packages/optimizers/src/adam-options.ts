/** The options that adam and its kin share. */
import type { Schedule } from '@gradus/core';
import { checkHyperparameter, checkNumber, checkOptions } from './options.js';
import type { ScaleByAdamOptions } from './transforms/scale-by-adam.js';

export interface AdamOptions extends ScaleByAdamOptions {
  /** Default: 0.001, as in the paper, PyTorch and Keras. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
}

/** Checked by each optimizer itself, so that messages name the optimizer and not its parts. */
export function checkAdamOptions(owner: string, options: AdamOptions, more: readonly string[] = []): void {
  checkOptions(owner, options, ['learningRate', 'b1', 'b2', 'eps', ...more]);
  const { learningRate = 0, b1 = 0, b2 = 0, eps = 0 } = options;
  checkHyperparameter(owner, 'learningRate', learningRate);
  checkNumber(owner, 'b1', b1, { min: 0, below: 1 });
  checkNumber(owner, 'b2', b2, { min: 0, below: 1 });
  checkNumber(owner, 'eps', eps, { min: 0 });
}
