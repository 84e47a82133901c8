/** Pools over windows and over whole images, and what undoes them. */
import {
  add,
  arange,
  argmax,
  asarray,
  averagePool,
  checkElements,
  expandDims,
  globalAveragePool,
  globalMaxPool,
  lpPool,
  maxPool,
  multiply,
  pad,
  reshape,
  scatterElements,
  sizeOf,
  take,
  takeAlongAxis,
  where,
  zeros,
  broadcastTo,
  type NDArray,
  type Tensor,
} from '@gradus/graph';
import type { Call } from '../call.js';
import { windowsOf } from '../windows.js';
import type { Rules } from '../rule.js';

const poolOptions = (call: Call, kernel: readonly number[]) => ({
  ...windowsOf(call, call.input(0), kernel),
  ceilMode: call.int('ceil_mode', 0) === 1,
});

function average(call: Call): Tensor {
  const kernel = call.ints('kernel_shape')!;
  const { dilations, ...options } = poolOptions(call, kernel);
  if (dilations.some((n) => n !== 1)) throw call.unsupported('dilations');
  return averagePool(call.input(0), kernel, { ...options, countIncludePad: call.int('count_include_pad', 0) === 1 });
}

function largest(call: Call): Tensor[] {
  const kernel = call.ints('kernel_shape')!;
  const y = maxPool(call.input(0), kernel, poolOptions(call, kernel));
  return call.node.outputs.length < 2 ? [y] : [y, positionsOf(call, y, kernel)];
}

/**
 * Where the largest elements were, counted over the whole tensor: every window's elements side by side, and the first of the
 * largest found among them.
 */
function positionsOf(call: Call, y: Tensor, kernel: readonly number[]): Tensor {
  const x = call.input(0);
  const space = x.shape.slice(2);
  const counts = y.shape.slice(2);
  const { strides, dilations, pads } = windowsOf(call, x, kernel);
  const taps = sizeOf(kernel);
  checkElements('The windows of MaxPool', [sizeOf(counts), taps]);
  const offsets: number[] = [];
  const inside: boolean[] = [];
  for (let window = 0; window < sizeOf(counts); window++) {
    for (let tap = 0; tap < taps; tap++) {
      const [at, within] = [unravel(window, counts), unravel(tap, kernel)];
      const place = at.map((n, i) => n * strides[i] + within[i] * dilations[i] - pads[i][0]);
      const valid = place.every((n, i) => n >= 0 && n < space[i]);
      inside.push(valid);
      offsets.push(valid ? place.reduce((total, n, i) => total * space[i] + n, 0) : 0);
    }
  }
  const shape = [sizeOf(counts), taps];
  const places = asarray(offsets, { dtype: 'int64', shape });
  const channels = reshape(x, [-1, sizeOf(space)]);
  const windows = where(asarray(inside, { dtype: 'bool', shape }), take(channels, places, { axis: 1 }), -Infinity);
  const best = expandDims(argmax(windows, { axis: 2 }), 2);
  const numbers = call.int('storage_order', 0) === 1 ? columnMajor(offsets, space, shape) : places;
  const found = takeAlongAxis(broadcastTo(numbers, windows.shape), best, { axis: 2 });
  const starts = multiply(reshape(arange(0, channels.shape[0], 1, 'int64'), [-1, 1, 1]), sizeOf(space));
  return reshape(add(found, starts), y.shape);
}

/** Positions in an order in which the first spatial axis runs fastest. */
function columnMajor(offsets: readonly number[], space: readonly number[], shape: readonly number[]): NDArray {
  const values = offsets.map((offset) => unravel(offset, space).reduceRight((total, n, i) => total * space[i] + n, 0));
  return asarray(values, { dtype: 'int64', shape });
}

/** The position along each axis of the n-th element. */
function unravel(n: number, shape: readonly number[]): number[] {
  return shape.map((size, axis) => Math.floor(n / sizeOf(shape.slice(axis + 1))) % size);
}

/** Puts elements where MaxPool found them, zeros elsewhere. */
function unpooled(call: Call): Tensor {
  const [x, positions] = [call.input(0), call.input(1)];
  const kernel = call.ints('kernel_shape')!;
  const { strides, pads } = windowsOf(call, x, kernel);
  const space = x.shape.slice(2).map((n, i) => (n - 1) * strides[i] + kernel[i] - pads[i][0] - pads[i][1]);
  const flat = reshape(x, [-1]);
  checkElements('MaxUnpool', [...x.shape.slice(0, 2), ...space]);
  const empty = zeros([sizeOf(x.shape.slice(0, 2)) * sizeOf(space)], x.dtype);
  const filled = scatterElements(empty, reshape(positions, [-1]), flat, { axis: 0 });
  const result = reshape(filled, [...x.shape.slice(0, 2), ...space]);
  // The positions are those of the smallest input that MaxPool can have had.
  const wanted = call.numbers(2);
  return wanted === undefined ? result : pad(result, { pads: wanted.map((n, axis): [number, number] => [0, n - result.shape[axis]]) });
}

/** The p-norm of each window. */
function norms(call: Call): Tensor {
  const kernel = call.ints('kernel_shape')!;
  const { dilations, ...options } = poolOptions(call, kernel);
  if (dilations.some((n) => n !== 1)) throw call.unsupported('dilations');
  return lpPool(call.input(0), kernel, { ...options, p: orderOf(call) });
}

/** The first operator set has the order of a norm as a float. */
const orderOf = (call: Call): number => (call.version < 2 ? call.float('p', 2) : call.int('p', 2));

export const rules: Rules = {
  AveragePool: average,
  GlobalAveragePool: (call) => globalAveragePool(call.input(0)),
  GlobalLpPool: (call) => lpPool(call.input(0), call.input(0).shape.slice(2), { p: orderOf(call) }),
  GlobalMaxPool: (call) => globalMaxPool(call.input(0)),
  LpPool: norms,
  MaxPool: largest,
  MaxUnpool: unpooled,
};
