import { checkOptions, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { rssRules } from '../scaling-rules.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { scaleByRss, type ScaleByRssOptions } from '../transforms/scale-by-rss.js';

export interface AdagradOptions extends ScaleByRssOptions {
  /** Default: 0.01, as in PyTorch. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
}

/**
 * AdaGrad: the rate of each element falls with the squares of its gradients. See `scaleByRss`, and there how PyTorch differs.
 * Source: Duchi, Hazan and Singer (JMLR 12, 2011).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * adagrad({ learningRate: 0.1 });
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  checkOptions('adagrad', options, { ...rssRules, learningRate: rate });
  const { learningRate = 0.01, ...scaling } = options;
  return { ...chain(scaleByRss(scaling), scaleByLearningRate({ learningRate })), name: 'adagrad' };
}
