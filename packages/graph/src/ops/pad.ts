import { dtypes } from '../dtype.js';
import { GradusError } from '../errors.js';
import { asarray, convert, full, NDArray } from '../ndarray.js';
import { apply, shapeError, type Operator } from '../operator.js';
import { padAdjoint } from '../pad-adjoint.js';
import { normalizeAxis, sizeOf, stridesOf } from '../shape.js';
import { copyStrided } from '../strided.js';
import type { Tensor } from '../tensor.js';
import { concat } from './concat.js';
import { slice } from './slice.js';

/** What stands beside x: one value, x seen in a mirror at its last element, or its last element repeated. */
type PadNodeMode = 'constant' | 'reflect' | 'edge';

/** `pads`: what comes before each axis, then what comes after each, as ONNX has it. */
type PadAttributes = { readonly pads: readonly number[]; readonly mode: PadNodeMode; readonly value: number };

export const Pad: Operator<PadAttributes> = {
  name: 'Pad',
  infer([x], { pads, mode }) {
    const rank = x.shape.length;
    const shape = x.shape.map((n, i) => {
      const [before, after] = [pads[i], pads[rank + i]];
      if (![before, after].every((amount) => Number.isInteger(amount) && amount >= 0)) {
        const expected = 'integers of 0 or more';
        throw shapeError('Pad', `cannot add ${before} before and ${after} after`, [x], expected, 'Use slice() to shorten.');
      }
      const most = mode === 'constant' ? Infinity : mode === 'edge' && n > 0 ? Infinity : Math.max(n - 1, 0);
      if (Math.max(before, after) > most) {
        throw shapeError(
          'Pad',
          `mode ${mode} cannot add ${before} before and ${after} after axis ${i}`,
          [x],
          `at most ${most} on each side`,
        );
      }
      return n + before + after;
    });
    return [{ dtype: x.dtype, shape }];
  },
  kernel([x], { pads, mode, value }, [spec]) {
    const data = dtypes[x.dtype].allocate(sizeOf(spec.shape)) as Float64Array;
    if (mode !== 'constant') {
      readMirrored(data, spec.shape, x, pads, mode);
    } else {
      if (value !== 0) data.fill(convert([value], x.dtype)[0] as never);
      const strides = stridesOf(spec.shape);
      const offset = strides.reduce((sum, stride, i) => sum + stride * pads[i], 0);
      copyStrided(x.shape, { data: x.data, offset: 0, strides: stridesOf(x.shape) }, { data, offset, strides });
    }
    return [new NDArray(x.dtype, spec.shape, data)];
  },
  gradient({ inputs: [x], cotangent, attributes: { pads, mode } }) {
    const rank = x.shape.length;
    if (mode !== 'constant') {
      return [x.shape.reduce((g, n, axis) => padAdjoint(g, axis, [pads[axis], n, pads[rank + axis]], mode), cotangent)];
    }
    return [
      slice(
        cotangent,
        x.shape.map((n, axis) => ({ axis, start: pads[axis], stop: pads[axis] + n })),
      ),
    ];
  },
  batch({ inputs, attributes: { pads, ...rest } }) {
    const rank = pads.length / 2;
    return apply(Pad, inputs, { ...rest, pads: [0, ...pads.slice(0, rank), 0, ...pads.slice(rank)] });
  },
  onnx({ pads, mode, value }, [x]) {
    const amounts = asarray([...pads], { dtype: 'int64', shape: [pads.length] });
    return { attributes: { mode: { string: mode } }, constants: value === 0 ? [amounts] : [amounts, full([], value, x.dtype)] };
  },
};

/** Fills `data` from x, reading an index beyond an axis at its mirror image or at the edge. */
function readMirrored(data: Float64Array, shape: readonly number[], x: NDArray, pads: readonly number[], mode: PadNodeMode): void {
  const strides = stridesOf(x.shape);
  const offsets = shape.map((n, axis) =>
    Array.from({ length: n }, (_, i) => {
      const [at, last] = [i - pads[axis], x.shape[axis] - 1];
      const inside = mode === 'edge' ? Math.min(Math.max(at, 0), last) : at < 0 ? -at : at > last ? 2 * last - at : at;
      return inside * strides[axis];
    }),
  );
  const own = stridesOf(shape);
  const from = x.data as Float64Array;
  for (let i = 0; i < data.length; i++) {
    let offset = 0;
    for (let axis = 0, rest = i; axis < own.length; axis++) {
      const position = Math.floor(rest / own[axis]);
      rest -= position * own[axis];
      offset += offsets[axis][position];
    }
    data[i] = from[offset];
  }
}

const MODES = ['constant', 'reflect', 'edge', 'wrap'] as const;

/**
 * What stands beside x: `constant` one value; `reflect` x in a mirror at its last element, which is not repeated; `edge` its last
 * element; `wrap` x from its other end.
 */
export type PadMode = (typeof MODES)[number];

export interface PadOptions {
  /** The axis that `before` and `after` mean. Default: 0. */
  readonly axis?: number;
  readonly before?: number;
  readonly after?: number;
  /** Instead of these three: what to add before and after each axis of x. */
  readonly pads?: readonly (readonly [before: number, after: number])[];
  /** Default: `constant`. */
  readonly mode?: PadMode;
  /** What `constant` puts there. Default: 0 (`false` for bool). */
  readonly value?: number;
}

/**
 * x with elements added before and after one axis, or all axes in one go. ONNX Pad (`wrap`, which came with opset 19, is composed).
 *
 * @throws `SHAPE_MISMATCH` for amounts below 0, and for more than mode and size allow: `reflect` at most n - 1 on each side,
 *   `edge` and `wrap` nothing beside an empty axis. `INVALID_ARGUMENT` for an unknown mode.
 * @example
 * pad(x, { after: 1 });                                     // one more row of zeros
 * pad(image, { pads: [[0, 0], [1, 1], [1, 1]], mode: 'reflect' });
 */
export function pad(x: Tensor, options: PadOptions): Tensor {
  const { mode = 'constant', value = 0 } = options;
  if (!MODES.includes(mode)) {
    throw new GradusError('INVALID_ARGUMENT', { what: 'pad: no such mode', received: String(mode), expected: MODES.join(', ') });
  }
  const pads = amounts(x, options);
  if (pads.every(([before, after]) => before === 0 && after === 0)) return x;
  if (mode === 'wrap') return pads.reduce((padded, [before, after], axis) => wrap(padded, axis, before, after), x);
  return apply(Pad, [x], { pads: [...pads.map(([before]) => before), ...pads.map(([, after]) => after)], mode, value })[0];
}

/** What to add before and after each axis. */
function amounts(x: Tensor, options: PadOptions): readonly (readonly [number, number])[] {
  const rank = x.shape.length;
  if (options.pads === undefined) {
    const axis = normalizeAxis('Pad', options.axis ?? 0, rank);
    return x.shape.map((_, i) => (i === axis ? [options.before ?? 0, options.after ?? 0] : [0, 0]));
  }
  if (options.pads.length !== rank) {
    throw shapeError('Pad', `${options.pads.length} pairs of amounts`, [x], `a pair [before, after] for each of its ${rank} axes`);
  }
  return options.pads;
}

/** x continued along an axis from its other end, as often round as it takes. */
function wrap(x: Tensor, axis: number, before: number, after: number): Tensor {
  const n = x.shape[axis];
  if (before === 0 && after === 0) return x;
  if (n === 0 || ![before, after].every((amount) => Number.isInteger(amount) && amount >= 0)) {
    throw shapeError(
      'Pad',
      `mode wrap cannot add ${before} before and ${after} after axis ${axis}`,
      [x],
      'integers of 0 or more, and an axis that is not empty',
    );
  }
  const whole = (amount: number): Tensor[] => new Array<Tensor>(Math.floor(amount / n)).fill(x);
  const [first, last] = [before % n, after % n];
  const head = first === 0 ? [] : [slice(x, { axis, start: n - first })];
  const tail = last === 0 ? [] : [slice(x, { axis, stop: last })];
  return concat([...head, ...whole(before), x, ...whole(after), ...tail], { axis });
}
