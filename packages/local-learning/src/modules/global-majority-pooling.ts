import { checkOptions, rules } from '@gradus/core';
import { multiply, sum } from '@gradus/graph';
import type { Adapter } from '../module.js';
import { sgn } from '../sgn.js';

export interface GlobalMajorityPoolingOptions {
  /** The size of a message. Default: 1. */
  readonly strength?: number;
}

/**
 * What most units of each channel are, times `strength`: `[channels, height, width]` to `[channels]`; a tie is 1. It does not learn.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function globalMajorityPooling(options: GlobalMajorityPoolingOptions = {}): Adapter {
  checkOptions('globalMajorityPooling', options, { strength: rules.finite });
  const { strength = 1 } = options;
  return {
    name: 'globalMajorityPooling()',
    takes: null,
    gives: ([channels, ...space]) => (space.length > 0 ? [channels] : null),
    message: (_, x) => multiply(sgn(sum(x, { axes: x.shape.slice(2).map((_, i) => 2 + i) })), strength),
  };
}
