/** Classes as the targets of an output layer. */
import { formatSpec, GradusError, isFloat, NDArray, oneHot, type DType, type Shape, type Tensor } from '@gradus/graph';
import type { Float } from '../module.js';

/**
 * - `signs`: 1 at the class, -1 beside it.
 * - `bits`: 1 and 0.
 * - `rescaled`: √C / 2 - 1 / 2 and -1 / 2 for C classes: the class weighs about as much as all others together.
 * - `any`: targets of any size, which are float and given as they are.
 */
export type LabelMode = 'signs' | 'bits' | 'rescaled' | 'any';

export const labelModes: readonly LabelMode[] = ['signs', 'bits', 'rescaled', 'any'];

/** What stands beside the class and at it; of `any` those of `signs`. */
export function labelValues(mode: LabelMode, classes: number): readonly [off: number, on: number] {
  if (mode === 'bits') return [0, 1];
  return mode === 'rescaled' ? [-0.5, Math.sqrt(classes) / 2 - 0.5] : [-1, 1];
}

export interface EncodeLabelsOptions {
  /** Default: `signs`. */
  readonly mode?: LabelMode;
  /** The shape of the output layer: `[classes]`. */
  readonly classes: Shape;
  /** Default: `float32`. */
  readonly dtype?: Float;
}

const isInteger = (dtype: DType): boolean => dtype === 'int32' || dtype === 'int64';

/**
 * Classes int32 or int64 `[batch]` as targets `[batch, classes]`; float targets stay as they are.
 * @throws `DTYPE_MISMATCH`, `SHAPE_MISMATCH`; of arrays also `INVALID_LABELS`.
 */
export function encodeLabels(y: Tensor, { mode = 'signs', classes, dtype = 'float32' }: EncodeLabelsOptions): Tensor {
  if (y instanceof NDArray) checkLabels(y, { mode, classes: classes[0] });
  const fits = y.shape.length === 1 && classes.length === 1;
  if (isFloat(y.dtype) && !fits) return y;
  if (fits && isInteger(y.dtype)) return oneHot(y, classes[0], { dtype, values: labelValues(mode, classes[0]) });
  throw new GradusError(isInteger(y.dtype) ? 'SHAPE_MISMATCH' : 'DTYPE_MISMATCH', {
    what: 'Labels do not fit the output layer',
    received: formatSpec(y),
    expected: `classes int32[batch], or ${dtype}[${['batch', ...classes].join(', ')}]`,
    fix: fits && isFloat(y.dtype) ? "Give classes as whole numbers: asarray(labels, { dtype: 'int32' })." : undefined,
  });
}

export interface CheckLabelsOptions {
  readonly mode?: LabelMode;
  readonly classes: number;
  /** Of what the rows are, for messages. */
  readonly of?: string;
}

/** Throws `INVALID_LABELS`, naming the first, for classes that do not exist and for targets that are not what `mode` says. */
export function checkLabels(y: NDArray, { mode = 'signs', classes, of = '' }: CheckLabelsOptions): void {
  const values = y.data as Float64Array;
  const oddFor = (own: LabelMode): number => {
    const known = labelsOf(own, y.dtype, classes);
    return values.findIndex((value) => !known(value));
  };
  const odd = oddFor(mode);
  if (odd === -1) return;
  const [off, on] = labelValues(mode, classes);
  const targets = mode === 'any' ? 'finite numbers' : `${on} at the class and ${off} beside it`;
  const fitting = y.shape.length === 1 ? undefined : labelModes.find((own) => oddFor(own) === -1);
  const choice = fitting === undefined ? '' : `, or choose { labels: '${fitting}' } in localNetwork and labelledData`;
  throw new GradusError('INVALID_LABELS', {
    what: 'There are labels that do not exist',
    received: `${values[odd]} in row ${Math.floor(odd / (values.length / y.shape[0]))}${of}`,
    expected: isFloat(y.dtype) ? targets : `classes from 0 to ${classes - 1}`,
    fix: isFloat(y.dtype) ? `Give classes as int32${choice}.` : undefined,
  });
}

function labelsOf(mode: LabelMode, dtype: DType, classes: number): (value: number) => boolean {
  // Those of int64 are BigInts, which compare with numbers.
  if (!isFloat(dtype)) return (value) => value >= 0 && value < classes;
  if (mode === 'any') return Number.isFinite;
  const [off, on] = labelValues(mode, classes).map((own) => (dtype === 'float32' ? Math.fround(own) : own));
  return (value) => value === off || value === on;
}
