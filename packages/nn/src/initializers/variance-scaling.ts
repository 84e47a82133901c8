import { checkOptions, oneOf, rules } from '@gradus/core';
import { fansOf, type Initializer } from '../initializer.js';
import { normal } from './normal.js';
import { truncatedNormal } from './truncated-normal.js';
import { uniform } from './uniform.js';

export interface VarianceScalingOptions {
  /** Above 0. Default: 1. */
  readonly scale?: number;
  /** What the variance is divided by: the fan in, the fan out or their mean. Default: `'fanIn'`. */
  readonly mode?: 'fanIn' | 'fanOut' | 'fanAverage';
  /** `'truncatedNormal'` is cut at two deviations, with the variance it says after the cut. Default: `'normal'`. */
  readonly distribution?: 'normal' | 'truncatedNormal' | 'uniform';
}

/** The deviation of a standard normal distribution that is cut at 2. */
const CUT_AT_TWO = 0.879625661034;

/**
 * Mean 0 and variance scale / fan: the family of the initialisers of Glorot, He and LeCun.
 * @throws `INVALID_ARGUMENT` for options that do not exist or are not usable.
 */
export function varianceScaling(options: VarianceScalingOptions = {}): Initializer {
  const { scale = 1, mode = 'fanIn', distribution = 'normal' } = options;
  checkOptions('varianceScaling', options, {
    scale: rules.positive,
    mode: oneOf('fanIn', 'fanOut', 'fanAverage'),
    distribution: oneOf('normal', 'truncatedNormal', 'uniform'),
  });
  return (key, shape, dtype = 'float32', { fanIn, fanOut } = fansOf(shape)) => {
    const variance = scale / { fanIn, fanOut, fanAverage: (fanIn + fanOut) / 2 }[mode];
    const deviation = Math.sqrt(variance);
    const limit = Math.sqrt(3 * variance);
    switch (distribution) {
      case 'uniform':
        return uniform({ low: -limit, high: limit })(key, shape, dtype);
      case 'truncatedNormal':
        return truncatedNormal({ deviation: deviation / CUT_AT_TWO })(key, shape, dtype);
      case 'normal':
        return normal({ deviation })(key, shape, dtype);
    }
  };
}
