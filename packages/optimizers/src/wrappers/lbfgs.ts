/** L-BFGS with a line search. */
import { checkOptions, rules, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { scaleByLbfgs, type ScaleByLbfgsOptions } from '../transforms/scale-by-lbfgs.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { backtrackingLinesearch, type BacktrackingLinesearchOptions } from './backtracking-linesearch.js';

export interface LbfgsOptions extends ScaleByLbfgsOptions {
  /** The length of a step in units of Newton's; the longest that the line search tries. Default: 1. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
  /**
   * How the length of each step is found. Default: from the whole step down by halves, at most 20. `null` for none: then every
   * step is `learningRate` long and no `evaluate` is needed, but nothing keeps the loss from growing.
   */
  readonly linesearch?: BacktrackingLinesearchOptions | null;
}

/**
 * Limited-memory BFGS: `scaleByLbfgs` with `backtrackingLinesearch`, for losses without noise: the whole data as one batch. Optax's `lbfgs`
 * has another line search, one that also bounds the slope at its end (strong Wolfe conditions).
 *
 * @throws `INVALID_ARGUMENT`; in `update` `MISSING_CONTEXT` where gradients are sampled, unless `linesearch` is `null`.
 * @example
 * lbfgs({ memorySize: 20 });
 */
export function lbfgs(options: LbfgsOptions = {}): Optimizer {
  const { learningRate = 1, memorySize, linesearch = {} } = options;
  const orNull = { expected: 'options of backtrackingLinesearch, or null', accepts: (v: unknown) => v === null || rules.object.accepts(v) };
  checkOptions('lbfgs', options, { learningRate: rate, memorySize: rules.positiveCount, linesearch: orNull });
  const steps = chain(scaleByLbfgs({ memorySize }), scaleByLearningRate({ learningRate }));
  if (linesearch === null) return { ...steps, name: 'lbfgs' };
  const halves = { decreaseFactor: 0.5, increaseFactor: Infinity };
  return { ...backtrackingLinesearch(steps, { ...halves, ...linesearch }), name: 'lbfgs' };
}
