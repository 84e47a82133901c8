/** Fourier transforms, as products with tables of cosines and sines, and the windows that go with them. */
import {
  add,
  asarray,
  checkElements,
  concat,
  matmul,
  multiply,
  normalizeAxis,
  pad,
  reshape,
  slice,
  subtract,
  take,
  transpose,
  type DType,
  type NDArray,
  type Tensor,
} from '@gradus/graph';
import { readElementType, requireElementType } from '../../decode-tensor.js';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

interface Transform {
  /** Elements of the signal that count; it is cut or filled up with zeros. */
  readonly length: number;
  readonly inverse: boolean;
  /** Only the first half of the frequencies: the others mirror them. */
  readonly onesided: boolean;
}

/** cos and sin of 2 pi j k / length: one row per element, one column per frequency. */
function table(fn: (angle: number) => number, length: number, columns: number, dtype: DType): NDArray {
  checkElements('A table of angles', [length, columns]);
  // The angle is reduced while it is still exact.
  const values = Array.from({ length: length * columns }, (_, i) => {
    const turns = ((Math.floor(i / columns) * (i % columns)) % length) / length;
    return fn(2 * Math.PI * turns);
  });
  return asarray(values, { dtype, shape: [length, columns] });
}

/** The transform of a signal of shape [..., length, 1 or 2] along its last axis but one: [..., frequencies, 2]. */
function fourier(x: Tensor, { length, inverse, onesided }: Transform): Tensor {
  const axis = x.shape.length - 2;
  const given = x.shape[axis];
  const whole = given < length ? pad(x, { axis, after: length - given }) : slice(x, { axis, stop: length });
  const columns = onesided ? Math.floor(length / 2) + 1 : length;
  const cosines = table(Math.cos, length, columns, x.dtype);
  const sines = table(inverse ? Math.sin : (angle) => -Math.sin(angle), length, columns, x.dtype);
  const part = (i: number): Tensor => {
    const one = slice(whole, { axis: axis + 1, start: i, stop: i + 1 });
    return reshape(one, one.shape.slice(0, -1));
  };
  const real = part(0);
  let [re, im] = [matmul(real, cosines), matmul(real, sines)];
  if (x.shape[axis + 1] === 2) {
    const imaginary = part(1);
    [re, im] = [subtract(re, matmul(imaginary, sines)), add(im, matmul(imaginary, cosines))];
  }
  const result = concat(
    [re, im].map((y) => reshape(y, [...y.shape, 1])),
    { axis: -1 },
  );
  return inverse ? multiply(result, 1 / length) : result;
}

function dft(call: Call): Tensor {
  const x = call.input(0);
  const rank = x.shape.length;
  const axis = normalizeAxis('DFT', call.version < 20 ? call.int('axis', 1) : (call.numbers(2)?.[0] ?? -2), rank);
  const [inverse, onesided] = [call.int('inverse', 0) === 1, call.int('onesided', 0) === 1];
  if (inverse && onesided) throw call.unsupported('an inverse transform of half of the frequencies');
  const length = call.numbers(1)?.[0] ?? x.shape[axis];
  const others = [...x.shape.keys()].filter((i) => i !== axis && i !== rank - 1);
  const order = [...others, axis, rank - 1];
  const result = fourier(transpose(x, order), { length, inverse, onesided });
  return transpose(
    result,
    order.map((_, i) => order.indexOf(i)),
  );
}

/** Transforms of the frames of a signal of shape [batch, length, 1 or 2]. */
function stft(call: Call): Tensor {
  const signal = call.input(0);
  const step = call.numbers(1)![0];
  const window = call.optional(2);
  const length = call.numbers(3)?.[0] ?? window?.shape[0] ?? signal.shape[1];
  const frames = Math.floor((signal.shape[1] - length) / step) + 1;
  checkElements('STFT', [frames, length]);
  const positions = Array.from({ length: frames * length }, (_, i) => Math.floor(i / length) * step + (i % length));
  const cut = take(signal, asarray(positions, { dtype: 'int64', shape: [frames, length] }), { axis: 1 });
  const weighted = window === undefined ? cut : multiply(cut, reshape(window, [length, 1]));
  return fourier(weighted, { length, inverse: false, onesided: call.int('onesided', 1) === 1 });
}

/** A sum of cosines with these weights, of alternating signs. */
function windowOf(call: Call, weights: readonly number[]): NDArray {
  const size = call.array(0).item();
  checkElements('A window', [size]);
  const period = call.int('periodic', 1) === 1 ? size : size - 1;
  const dtype = readElementType(call.int('output_datatype', 1));
  requireElementType(call.label, dtype);
  const values = Array.from({ length: size }, (_, n) =>
    weights.reduce((total, weight, k) => total + (k % 2 === 0 ? weight : -weight) * Math.cos((2 * Math.PI * k * n) / period), 0),
  );
  return asarray(values, { dtype, shape: [size] });
}

export const rules: Rules = {
  BlackmanWindow: (call) => windowOf(call, [0.42, 0.5, 0.08]),
  DFT: dft,
  HammingWindow: (call) => windowOf(call, [25 / 46, 21 / 46]),
  HannWindow: (call) => windowOf(call, [0.5, 0.5]),
  STFT: stft,
};
