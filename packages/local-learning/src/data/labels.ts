/** Classes as the targets of an output layer. */
import { GradusError, formatSpec, isFloat, oneHot, type DType, type Shape, type Tensor } from '@gradus/graph';
import type { Float } from '../module.js';

/**
 * - `signs`: 1 at the class, -1 beside it.
 * - `bits`: 1 and 0.
 * - `rescaled`: √C / 2 - 1 / 2 and -1 / 2 for C classes: the class weighs about as much as all others together.
 */
export type LabelMode = 'signs' | 'bits' | 'rescaled';

export const labelModes: readonly LabelMode[] = ['signs', 'bits', 'rescaled'];

/** What stands beside the class and at it. */
export function labelValues(mode: LabelMode, classes: number): readonly [off: number, on: number] {
  const half = Math.sqrt(classes) / 2;
  const values = { signs: [-1, 1], bits: [0, 1], rescaled: [-0.5, half - 0.5] } as const;
  return values[mode];
}

export interface EncodeLabelsOptions {
  readonly mode?: LabelMode;
  /** The shape of the output layer: `[classes]`. */
  readonly classes: Shape;
  readonly dtype?: Float;
}

const isInteger = (dtype: DType): boolean => dtype === 'int32' || dtype === 'int64';

/**
 * Classes int32 or int64 `[batch]` as targets `[batch, classes]`; float targets stay as they are.
 * @throws `DTYPE_MISMATCH`, `SHAPE_MISMATCH`.
 */
export function encodeLabels(y: Tensor, { mode = 'signs', classes, dtype = 'float32' }: EncodeLabelsOptions): Tensor {
  if (isFloat(y.dtype)) return y;
  const fits = y.shape.length === 1 && classes.length === 1;
  if (fits && isInteger(y.dtype)) return oneHot(y, classes[0], { dtype, values: labelValues(mode, classes[0]) });
  throw new GradusError(isInteger(y.dtype) ? 'SHAPE_MISMATCH' : 'DTYPE_MISMATCH', {
    what: 'Labels do not fit the output layer',
    received: formatSpec(y),
    expected: `classes int32[batch], or ${dtype}[${['batch', ...classes].join(', ')}]`,
  });
}
