import { checkOptions, oneOf, rules } from '@gradus/core';
import { averagePool, multiply } from '@gradus/graph';
import type { Adapter } from '../module.js';
import { sgn } from '../sgn.js';

export interface MajorityPoolingOptions {
  /** Places of a window along both axes. */
  readonly kernel: number;
  /** From one window to the next. Default: `kernel`. */
  readonly stride?: number;
  /** The size of a message. Default: 1. */
  readonly strength?: number;
  /** `same` lets windows reach over the edge, where nobody votes: messages have ⌈size / stride⌉ places. Default: `valid`. */
  readonly padding?: 'valid' | 'same';
}

/**
 * What most units of a window are, times `strength`, channel by channel; a tie is 1, as for units. It does not learn.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function majorityPooling(options: MajorityPoolingOptions): Adapter {
  checkOptions(
    'majorityPooling',
    options,
    { kernel: rules.positiveCount, stride: rules.positiveCount, strength: rules.finite, padding: oneOf('valid', 'same') },
    ['kernel'],
  );
  const { kernel, stride = kernel, strength = 1, padding = 'valid' } = options;
  const places = (size: number): number => (padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1);
  return {
    name: `majorityPooling({ kernel: ${kernel}, stride: ${stride} })`,
    takes: null,
    gives: ([channels, ...space]) =>
      space.length === 2 && space.every((size) => places(size) >= 1) ? [channels, ...space.map(places)] : null,
    message: (_, x) => multiply(sgn(averagePool(x, kernel, { strides: stride, padding })), strength),
  };
}
