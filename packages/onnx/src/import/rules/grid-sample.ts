/** GridSample: an image looked up between its pixels (Jaderberg et al., 2015). */
import {
  add,
  broadcastTo,
  cast,
  clip,
  floor,
  greaterEqual,
  lessEqual,
  logicalAnd,
  minimum,
  multiply,
  remainder,
  reshape,
  round,
  slice,
  subtract,
  takeAlongAxis,
  where,
  type Tensor,
} from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

interface Sampling {
  readonly padding: string;
  readonly alignCorners: boolean;
}

/** A pixel beside a place on one axis: its position, as a float, and its weight. */
type Tap = readonly [Tensor, Tensor];

/** Places of -1 to 1 in pixels: the ends are the centres of the outer pixels, or their outer edges. */
const inPixels = (x: Tensor, size: number, alignCorners: boolean): Tensor =>
  alignCorners ? multiply(add(x, 1), (size - 1) / 2) : multiply(subtract(multiply(add(x, 1), size), 1), 0.5);

/** A place thrown back at the ends as often as it takes. */
function reflected(x: Tensor, size: number, alignCorners: boolean): Tensor {
  const [low, high] = alignCorners ? [0, size - 1] : [-0.5, size - 0.5];
  const span = high - low;
  if (span <= 0) return multiply(x, 0);
  const there = remainder(subtract(x, low), 2 * span);
  return clip(add(minimum(there, subtract(2 * span, there)), low), 0, size - 1);
}

function bounded(x: Tensor, size: number, { padding, alignCorners }: Sampling): Tensor {
  if (padding === 'border') return clip(x, 0, size - 1);
  return padding === 'reflection' ? reflected(x, size, alignCorners) : x;
}

/** Keys' cubic convolution kernel with a = -0.75 (1981): weights of four pixels for a place `t` after the second. */
function cubicWeights(t: Tensor): Tensor[] {
  const a = -0.75;
  const polynomial = (x: Tensor, coefficients: readonly number[]): Tensor =>
    coefficients.slice(1).reduce<Tensor>((sum, c) => add(multiply(sum, x), c), multiply(add(multiply(x, 0), 1), coefficients[0]));
  const near = (x: Tensor): Tensor => polynomial(x, [a + 2, -(a + 3), 0, 1]);
  const far = (x: Tensor): Tensor => polynomial(x, [a, -5 * a, 8 * a, -4 * a]);
  return [far(add(t, 1)), near(t), near(subtract(1, t)), far(subtract(2, t))];
}

/** The pixels that a place on one axis is mixed of. */
function tapsOf(x: Tensor, size: number, mode: string, sampling: Sampling): Tap[] {
  if (mode === 'nearest') {
    const place = round(bounded(x, size, sampling));
    return [[place, add(multiply(place, 0), 1)]];
  }
  // Cubic interpolation bounds each pixel, the others the place itself.
  const place = mode === 'cubic' ? x : bounded(x, size, sampling);
  const start = floor(place);
  const t = subtract(place, start);
  if (mode === 'linear') {
    return [
      [start, subtract(1, t)],
      [add(start, 1), t],
    ];
  }
  return cubicWeights(t).map((weight, i): Tap => [bounded(add(start, i - 1), size, sampling), weight]);
}

const MODES: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };

function sample(call: Call): Tensor {
  const [x, grid] = [call.input(0), call.input(1)];
  if (x.shape.length !== 4) throw call.unsupported(`${x.shape.length - 2} spatial axes`);
  const given = call.string('mode', 'bilinear');
  const mode = MODES[given] ?? given;
  const sampling = { padding: call.string('padding_mode', 'zeros'), alignCorners: call.int('align_corners', 0) === 1 };
  const [batch, channels, height, width] = x.shape;
  const [, rows, columns] = grid.shape;
  const count = rows * columns;
  const places = (i: number, size: number): Tensor =>
    inPixels(reshape(slice(grid, { axis: 3, start: i, stop: i + 1 }), [batch, count]), size, sampling.alignCorners);
  const horizontal = tapsOf(places(0, width), width, mode, sampling);
  const vertical = tapsOf(places(1, height), height, mode, sampling);
  const pixels = reshape(x, [batch, channels, height * width]);

  const inside = (place: Tensor, size: number): Tensor => logicalAnd(greaterEqual(place, 0), lessEqual(place, size - 1));
  const parts = vertical.flatMap(([row, rowWeight]) =>
    horizontal.map(([column, columnWeight]) => {
      const [r, c] = [clip(row, 0, height - 1), clip(column, 0, width - 1)];
      const index = cast(add(multiply(r, width), c), 'int64');
      const value = takeAlongAxis(pixels, broadcastTo(reshape(index, [batch, 1, count]), [batch, channels, count]), { axis: 2 });
      const weight = multiply(rowWeight, columnWeight);
      // Zeros beyond the border; in the other modes every pixel is inside.
      const kept = where(logicalAnd(inside(row, height), inside(column, width)), weight, 0);
      return multiply(value, reshape(kept, [batch, 1, count]));
    }),
  );
  return reshape(parts.reduce(add), [batch, channels, rows, columns]);
}

export const rules: Rules = { GridSample: sample };
