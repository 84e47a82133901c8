/** Orders of samples: as they are, or shuffled by a seed and a number. */
import { foldIn, permutation, randomKey, type NDArray } from '@gradus/graph';

export const inOrder = (size: number): Int32Array => Int32Array.from({ length: size }, (_, i) => i);

/** The order number `index` under `seed`: always the same for the same three numbers. */
export const shuffled = (size: number, seed: number, index: number): Int32Array =>
  (permutation(foldIn(randomKey(seed), index), size) as NDArray).data as Int32Array;
