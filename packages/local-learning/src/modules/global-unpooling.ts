import { checkOptions, rules } from '@gradus/core';
import { broadcastTo, multiply, reshape } from '@gradus/graph';
import type { Adapter } from '../module.js';

export interface GlobalUnpoolingOptions {
  /** Height and width of the receiver. */
  readonly size: readonly [height: number, width: number];
  /** The size of a message. Default: 1. */
  readonly strength?: number;
}

/**
 * Every unit as a whole channel, times `strength`: `[channels]` to `[channels, height, width]`. It does not learn.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function globalUnpooling(options: GlobalUnpoolingOptions): Adapter {
  const size = {
    expected: 'height and width, whole numbers of 1 or more',
    accepts: (v: unknown) => Array.isArray(v) && v.length === 2 && v.every(rules.positiveCount.accepts),
  };
  checkOptions('globalUnpooling', options, { size, strength: rules.finite }, ['size']);
  const { strength = 1 } = options;
  return {
    name: `globalUnpooling({ size: [${options.size.join(', ')}] })`,
    takes: null,
    gives: ([channels, ...rest]) => (rest.length === 0 ? [channels, ...options.size] : null),
    linear: true,
    message: (_, x) => multiply(broadcastTo(reshape(x, [...x.shape, 1, 1]), [...x.shape, ...options.size]), strength),
  };
}
