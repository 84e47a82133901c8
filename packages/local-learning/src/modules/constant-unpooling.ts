import { checkOptions, rules } from '@gradus/core';
import { multiply, repeat, slice } from '@gradus/graph';
import type { Adapter } from '../module.js';

export interface ConstantUnpoolingOptions {
  /** How often each place is repeated along both axes. */
  readonly kernel: number;
  /** The size of a message. Default: 1. */
  readonly strength?: number;
  /** Places to cut off at each side afterwards. Default: 0. */
  readonly crop?: number;
}

/**
 * Every place of an image repeated, times `strength`: the way back of `majorityPooling`. It does not learn.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function constantUnpooling(options: ConstantUnpoolingOptions): Adapter {
  checkOptions('constantUnpooling', options, { kernel: rules.positiveCount, strength: rules.finite, crop: rules.count }, ['kernel']);
  const { kernel, strength = 1, crop = 0 } = options;
  const places = (size: number): number => size * kernel - 2 * crop;
  return {
    name: `constantUnpooling({ kernel: ${kernel} })`,
    takes: null,
    gives: ([channels, ...space]) =>
      space.length === 2 && space.every((size) => places(size) >= 1) ? [channels, ...space.map(places)] : null,
    linear: true,
    message(_, x) {
      const large = repeat(repeat(x, kernel, { axis: 2 }), kernel, { axis: 3 });
      const cut = [2, 3].map((axis) => ({ axis, start: crop, stop: large.shape[axis] - crop }));
      return multiply(crop === 0 ? large : slice(large, cut), strength);
    },
  };
}
