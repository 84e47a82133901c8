/** One of two states, or records of tensors, as a bool scalar says. */
import type { TransformState } from '@gradus/core';
import { isTensor, where, type Tensor } from '@gradus/graph';

/** Leaf by leaf, with the names and the order of `b`. */
export const choose = <T extends TransformState>(condition: Tensor, a: T, b: T): T =>
  Object.fromEntries(
    Object.entries(b).map(([name, old]) => {
      const other = a[name];
      return [name, isTensor(old) ? where(condition, other as Tensor, old) : choose(condition, other as TransformState, old)];
    }),
  ) as T;
