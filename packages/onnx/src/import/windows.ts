/** Windows over spatial axes as convolutions and pools have them in their attributes. */
import { checkElements, GradusError, type Tensor } from '@gradus/graph';
import type { Call } from './call.js';

/** Per spatial axis: what `conv` and the pools of `@gradus/graph` take as options. */
export interface WindowAttributes {
  readonly strides: number[];
  readonly dilations: number[];
  readonly pads: [before: number, after: number][];
}

/** Halves of a padding; where it is odd the larger one comes after, or before with `SAME_LOWER`. */
export function halves(total: number, lower: boolean): [number, number] {
  const [small, large] = [Math.floor(total / 2), Math.ceil(total / 2)];
  return lower ? [large, small] : [small, large];
}

/** What is larger is damage. */
const LONGEST = 2 ** 20;

/** The windows of `kernel` over x of shape [batch, channels, ...space]. */
export function windowsOf(call: Call, x: Tensor, kernel: readonly number[]): WindowAttributes {
  const space = x.shape.slice(2);
  const strides = call.ints('strides') ?? space.map(() => 1);
  const dilations = call.ints('dilations') ?? space.map(() => 1);
  const given = call.ints('pads') ?? new Array<number>(2 * space.length).fill(0);
  const auto = call.string('auto_pad', 'NOTSET');
  for (const [what, list, least] of [
    ['kernel_shape', kernel, 1],
    ['strides', strides, 1],
    ['dilations', dilations, 1],
    ['pads', given, 0],
  ] as const) {
    const length = what === 'pads' ? 2 * space.length : space.length;
    if (list.length === length && list.every((n) => n >= least && n <= LONGEST)) continue;
    throw new GradusError('INVALID_ONNX', {
      what: `${call.label}: the attribute '${what}' does not fit the input`,
      received: `[${list.join(', ')}]`,
      expected: `${length} whole numbers from ${least} to ${LONGEST}`,
    });
  }
  checkElements(`${call.label}: a window`, kernel);
  const pads = space.map((size, i): [number, number] => {
    if (auto === 'NOTSET') return [given[i], given[space.length + i]];
    if (auto === 'VALID') return [0, 0];
    const reach = (kernel[i] - 1) * dilations[i] + 1;
    const total = (Math.ceil(size / strides[i]) - 1) * strides[i] + reach - size;
    return halves(Math.max(total, 0), auto === 'SAME_LOWER');
  });
  return { strides, dilations, pads };
}
