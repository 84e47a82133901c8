/** What the names of a model stand for while it is imported. */
import { isTensor, type NDArray, type Tensor } from '@gradus/graph';

/** A tensor, a sequence of values (its length is known at import), or `null` for an optional that holds nothing. */
export type Value = Tensor | null | readonly Value[];

export const isSequence = (value: Value): value is readonly Value[] => Array.isArray(value);

/** What a message calls a value. */
export const describe = (value: Value | undefined): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'an optional without a value';
  return isTensor(value) ? `${value.dtype}[${value.shape.join(', ')}]` : `a sequence of ${value.length}`;
};

/** The elements of a known integer array as numbers. */
export const numbersOf = (array: NDArray): number[] => Array.from(array.data as ArrayLike<number | bigint>, Number);
