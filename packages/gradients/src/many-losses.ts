/** How the loss changes as each parameter is moved by itself: many copies of the parameters at once, inside a compiled step. */
import type { TensorParams } from '@gradus/core';
import {
  add,
  arange,
  asarray,
  cast,
  concat,
  equal,
  multiply,
  reshape,
  scan,
  sizeOf,
  slice,
  vmap,
  type NDArray,
  type Tensor,
} from '@gradus/graph';

/** Bounds on what the copies of one execution take: elements of parameters in all, and copies. */
const ELEMENTS = 2 ** 22;
const COPIES = 512;

/**
 * `change(moved)` for every element of `params`, where `moved(shift)` is the loss with that element moved by `shift`.
 *
 * Parameters of one element type are laid end to end; copies of that vector, each with one element moved, are evaluated together
 * (`vmap`), as many as fit a bound, one such group after the other (`scan`).
 *
 * @returns tensors named and shaped as the parameters.
 */
export function forEachElement(
  params: TensorParams,
  loss: (params: TensorParams) => Tensor,
  change: (moved: (shift: Tensor) => Tensor) => Tensor,
): Record<string, Tensor> {
  const changes: Record<string, Tensor> = {};
  for (const dtype of ['float32', 'float64'] as const) {
    const names = Object.keys(params).filter((name) => params[name].dtype === dtype && sizeOf(params[name].shape) > 0);
    if (names.length === 0) continue;
    const parts = names.map((name) => reshape(params[name], [-1]));
    const vector = concat(parts);
    const size = vector.shape[0];
    const positions = arange(0, size, 1, 'int32');
    const unravel = (of: Tensor): Record<string, Tensor> => {
      let start = 0;
      return Object.fromEntries(
        names.map((name, i) => [name, reshape(slice(of, { start, stop: (start += parts[i].shape[0]) }), params[name].shape)]),
      );
    };
    const atElement = (position: Tensor): Tensor => {
      const here = cast(equal(positions, position), dtype);
      return change((shift) => loss({ ...params, ...unravel(add(vector, multiply(here, cast(shift, dtype)))) }));
    };
    Object.assign(changes, unravel(cast(inGroups(vmap(atElement), positions, Math.min(COPIES, Math.floor(ELEMENTS / size))), dtype)));
  }
  return Object.fromEntries(Object.keys(params).map((name) => [name, changes[name] ?? params[name]]));
}

/** `fn` of all positions, at most `count` at a time. */
function inGroups(fn: (positions: Tensor) => Tensor, positions: NDArray, count: number): Tensor {
  const { size } = positions;
  if (size <= count) return fn(positions);
  const groups = Math.ceil(size / Math.max(count, 1));
  const each = Math.ceil(size / groups);
  // The last group is filled up with the last element, whose surplus is cut off.
  const filled = Int32Array.from({ length: groups * each }, (_, i) => Math.min(i, size - 1));
  const [, results] = scan((_, row: Tensor) => [[], fn(row)], [], asarray(filled, { shape: [groups, each] }) as Tensor);
  return slice(reshape(results, [-1]), { stop: size });
}
