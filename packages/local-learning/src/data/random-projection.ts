/** Inputs as patterns of signs. */
import { checkOptions, oneOf, rules } from '@gradus/core';
import { matmul, multiply, normal, randomKey, reshape, tanh, type NDArray } from '@gradus/graph';
import { perType } from '../per-type.js';
import type { Float } from '../module.js';
import { sgn } from '../sgn.js';

export interface RandomProjectionOptions {
  /** Numbers of one input. */
  readonly in: number;
  /** Numbers of one output. */
  readonly out: number;
  /** What becomes of each number: its sign (0 has 1), its tanh, or nothing. Default: `sign`. */
  readonly transform?: 'sign' | 'tanh' | 'identity';
  /** Decides the projection. Default: 0. */
  readonly seed?: number;
}

/**
 * Inputs `[samples, …]` times one random matrix of deviation 1 / √in, and their signs: `[samples, out]`. "Entangled" data of the paper is 784
 * pixels on 100 signs. The same seed gives the same matrix: use one function for training and validation.
 *
 * @throws `INVALID_ARGUMENT`; when called also `SHAPE_MISMATCH`.
 * @example
 * const entangle = randomProjection({ in: 784, out: 100, seed: 1 });
 * const data = inMemory({ x: entangle(images), y });
 */
export function randomProjection(options: RandomProjectionOptions): (x: NDArray) => NDArray {
  const known = { in: rules.positiveCount, out: rules.positiveCount, transform: oneOf('sign', 'tanh', 'identity'), seed: rules.count };
  checkOptions('randomProjection', options, known, ['in', 'out']);
  const { in: size, out, transform = 'sign', seed = 0 } = options;
  const after = { sign: sgn, tanh, identity: (x: NDArray) => x }[transform] as (x: NDArray) => NDArray;
  const matrix = perType((dtype) => multiply(normal(randomKey(seed), [size, out], { dtype }), 1 / Math.sqrt(size)) as NDArray);
  return (x) => after(matmul(reshape(x, [x.shape[0], -1]), matrix(x.dtype as Float)) as NDArray);
}
