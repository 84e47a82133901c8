/** The gradient of a maximum over windows: all to the first element that reaches it, as in PyTorch. */
import { greater } from './ops/greater.js';
import { maximum } from './ops/max.js';
import { pad } from './ops/pad.js';
import { slice } from './ops/slice.js';
import { where } from './ops/where.js';
import { tapsAlong, tapsBack, type AxisWindows } from './taps.js';
import type { Tensor } from './tensor.js';
import type { Windows } from './windows.js';

/**
 * The maximum is taken again axis by axis, the last one first, and the gradient goes back the same way: a window of 3 x 3 costs
 * six comparisons instead of nine, and the first of equals in row-major order is found without indices.
 */
export function maxPoolGradient(x: Tensor, g: Tensor, { kernel, strides, dilations, pads }: Windows): Tensor {
  const space = x.shape.slice(2);
  const pairs = space.map((_, axis): [number, number] => [pads[axis], pads[space.length + axis]]);
  let highest = pad(x, { pads: [[0, 0], [0, 0], ...pairs], value: -Infinity });
  const back: ((gradient: Tensor) => Tensor)[] = [];
  for (let axis = space.length - 1; axis >= 0; axis--) {
    const windows: AxisWindows = { size: kernel[axis], stride: strides[axis], dilation: dilations[axis], count: g.shape[2 + axis] };
    const length = highest.shape[2 + axis];
    const [first, ...rest] = tapsAlong(highest, 2 + axis, windows);
    highest = first;
    const wins = rest.map((tap) => {
      const larger = greater(tap, highest);
      highest = maximum(highest, tap);
      return larger;
    });
    back.unshift((gradient) => tapsBack(shares(wins, gradient), 2 + axis, windows, length));
  }
  const whole = back.reduce((gradient, step) => step(gradient), g);
  return slice(
    whole,
    pairs.map(([before], axis) => ({ axis: 2 + axis, start: before, stop: before + space[axis] })),
  );
}

/** What each tap gets of a gradient: all of it the last one that was larger than those before, or else the first. */
function shares(wins: readonly Tensor[], gradient: Tensor): Tensor[] {
  const parts: Tensor[] = [];
  let left = gradient;
  for (const win of wins.toReversed()) {
    parts.unshift(where(win, left, 0));
    left = where(win, 0, left);
  }
  return [left, ...parts];
}
