import { call2, binary } from '../elementwise.js';
import type { Operator } from '../operator.js';
import type { Tensor, TensorLike } from '../tensor.js';

const shift = (direction: 'LEFT' | 'RIGHT', compute: (a: number, b: number) => number): Operator =>
  binary('BitShift', { types: ['uint32'], compute, onnx: { attributes: { direction: { string: direction } } } });

export const BitShiftLeft = shift('LEFT', (a, b) => (b > 31 ? 0 : a << b));
export const BitShiftRight = shift('RIGHT', (a, b) => (b > 31 ? 0 : a >>> b));

/** a shifted left by b bits (b from 0 to 31), for `uint32`, elementwise with broadcasting. ONNX BitShift. */
export const bitwiseLeftShift = (a: TensorLike, b: TensorLike): Tensor => call2(BitShiftLeft, a, b);

/** a shifted right by b bits (b from 0 to 31), filling with zeros, for `uint32`, elementwise with broadcasting. ONNX BitShift. */
export const bitwiseRightShift = (a: TensorLike, b: TensorLike): Tensor => call2(BitShiftRight, a, b);
