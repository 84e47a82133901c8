/** L-BFGS with a line search. */
import { checkOptions, oneOf, rules, type GradientTransform, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { scaleByLbfgs, type ScaleByLbfgsOptions } from '../transforms/scale-by-lbfgs.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { backtrackingLinesearch } from './backtracking-linesearch.js';
import { zoomLinesearch } from './zoom-linesearch.js';

export interface LbfgsOptions extends ScaleByLbfgsOptions {
  /** The length of a step in units of Newton's; the first that a line search tries. Default: 1. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
  /**
   * How the length of each step is found. Default: `'zoom'`, as in Optax. `'backtracking'` halves it until the loss falls, which costs less but
   * can leave the memory without new pairs. `null`: every step is `learningRate` long; no `evaluate` is needed, but nothing keeps the
   * loss from growing. For other options put `zoomLinesearch` or `backtrackingLinesearch` around `scaleByLbfgs`.
   */
  readonly linesearch?: keyof typeof searches | null;
}

const searches = {
  zoom: (steps: GradientTransform) => zoomLinesearch(steps),
  backtracking: (steps: GradientTransform) => backtrackingLinesearch(steps, { decreaseFactor: 0.5, increaseFactor: Infinity }),
} as const;

/**
 * Limited-memory BFGS: `scaleByLbfgs` with a line search, for losses without noise: the whole data as one batch. Optax's `lbfgs`, whose
 * zoom interpolates by cubics.
 *
 * @throws `INVALID_ARGUMENT`; in `update` `MISSING_CONTEXT` where gradients are sampled, unless `linesearch` is `null`.
 * @example
 * lbfgs({ memorySize: 20 });
 */
export function lbfgs(options: LbfgsOptions = {}): Optimizer {
  const { learningRate = 1, memorySize, linesearch = 'zoom' } = options;
  const words = oneOf(...Object.keys(searches));
  const search = { expected: `${words.expected}, or null`, accepts: (v: unknown) => v === null || words.accepts(v) };
  checkOptions('lbfgs', options, { learningRate: rate, memorySize: rules.positiveCount, linesearch: search });
  const steps = chain(scaleByLbfgs({ memorySize }), scaleByLearningRate({ learningRate }));
  return { ...(linesearch === null ? steps : searches[linesearch](steps)), name: 'lbfgs' };
}
