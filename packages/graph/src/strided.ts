/** Copying between arrays that walk their memory in different steps: what slicing, padding and turning axes come down to. */
import type { TypedArray } from './dtype.js';
import type { Shape } from './shape.js';

/** Where an array's elements lie in memory: the first one, and the distance to the next along each axis. */
export interface Walk {
  readonly data: TypedArray;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Shorter runs are copied element by element: making a view of one costs more than that. */
const LONG_RUN = 16;

/** Copies the elements of `shape`, in order, from one walk to the other. */
export function copyStrided(shape: Shape, from: Walk, to: Walk): void {
  if (shape.includes(0)) return;
  // The last axes that lie together in both are one run.
  let run = 1;
  let rank = shape.length;
  while (rank > 0 && from.strides[rank - 1] === run && to.strides[rank - 1] === run) run *= shape[--rank];
  const source = from.data as Float64Array;
  const target = to.data as Float64Array;
  const index = new Array<number>(rank).fill(0);
  for (let p = from.offset, q = to.offset; ; ) {
    if (run < LONG_RUN) for (let i = 0; i < run; i++) target[q + i] = source[p + i];
    else target.set(source.subarray(p, p + run), q);
    let axis = rank - 1;
    for (; axis >= 0; axis--) {
      p += from.strides[axis];
      q += to.strides[axis];
      if (++index[axis] < shape[axis]) break;
      p -= from.strides[axis] * shape[axis];
      q -= to.strides[axis] * shape[axis];
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
