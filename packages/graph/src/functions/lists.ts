/** Elementwise sums, means and extremes of lists of tensors, which broadcast. */
import { GradusError } from '../errors.js';
import { add } from '../ops/add.js';
import { divide } from '../ops/div.js';
import { maximum } from '../ops/max.js';
import { minimum } from '../ops/min.js';
import type { Tensor } from '../tensor.js';

function fold(name: string, tensors: readonly Tensor[], combine: (a: Tensor, b: Tensor) => Tensor): Tensor {
  if (tensors.length === 0) {
    throw new GradusError('INVALID_ARGUMENT', { what: `${name}: an empty list`, expected: 'at least one tensor' });
  }
  return tensors.reduce(combine);
}

/** a + b + …, elementwise. ONNX Sum. @throws `INVALID_ARGUMENT` for an empty list. */
export const sumOf = (tensors: readonly Tensor[]): Tensor => fold('sumOf', tensors, add);

/** (a + b + …) / n, elementwise. ONNX Mean. @throws `INVALID_ARGUMENT` for an empty list. */
export const meanOf = (tensors: readonly Tensor[]): Tensor => divide(fold('meanOf', tensors, add), tensors.length);

/** The largest of a, b, …, elementwise. ONNX Max. @throws `INVALID_ARGUMENT` for an empty list. */
export const maximumOf = (tensors: readonly Tensor[]): Tensor => fold('maximumOf', tensors, maximum);

/** The smallest of a, b, …, elementwise. ONNX Min. @throws `INVALID_ARGUMENT` for an empty list. */
export const minimumOf = (tensors: readonly Tensor[]): Tensor => fold('minimumOf', tensors, minimum);
