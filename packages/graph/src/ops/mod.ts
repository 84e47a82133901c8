import { INTEGERS, isFloat } from '../dtype.js';
import { binary, call2 } from '../elementwise.js';
import { GradusError } from '../errors.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { add } from './add.js';
import { logicalAnd } from './and.js';
import { divide } from './div.js';
import { equal } from './equal.js';
import { less } from './less.js';
import { multiply } from './mul.js';
import { negative } from './neg.js';
import { logicalNot } from './not.js';
import { round } from './round.js';
import { subtract } from './sub.js';
import { where } from './where.js';
import { logicalXor } from './xor.js';

const integerRest = (a: number, b: number): number => {
  if (!b) {
    throw new GradusError('DIVISION_BY_ZERO', {
      what: 'Mod: an integer divided by zero',
      received: `${a} / 0`,
      fix: "Divide floats, which give NaN: cast(x, 'float32').",
    });
  }
  return a % b;
};

/** Mod with the sign of the divisor. ONNX leaves floats out. */
export const ModFloor = binary('Mod', {
  types: INTEGERS,
  compute: (a, b) => integerRest(integerRest(a, b) + b, b),
  onnx: { attributes: { fmod: { int: 0 } } },
});

/** Mod with the sign of the dividend, as C's fmod. */
export const ModTruncate = binary('Mod', {
  compute: (a, b) => a % b,
  integer: integerRest,
  // The quotient is whole up to rounding.
  gradient: (a, b, y, g) => [g, negative(multiply(g, round(divide(subtract(a, y), b))))],
  onnx: { attributes: { fmod: { int: 1 } } },
});

/**
 * What a leaves after division by b, with the sign of a, elementwise with broadcasting. ONNX Mod with `fmod` 1.
 * @throws `DIVISION_BY_ZERO` in the interpreter when an integer is divided by 0. ONNX Runtime may end the process instead.
 */
export const fmod = (a: TensorLike, b: TensorLike): Tensor => call2(ModTruncate, a, b);

/**
 * What a leaves after division by b, with the sign of b, elementwise with broadcasting: as Python's %. ONNX Mod for integers, composed
 * for floats.
 * @throws `DIVISION_BY_ZERO` in the interpreter when an integer is divided by 0. ONNX Runtime may end the process instead.
 */
export function remainder(a: TensorLike, b: TensorLike): Tensor {
  const rest = fmod(a, b);
  if (!isFloat(rest.dtype)) return call2(ModFloor, a, b);
  const across = logicalAnd(logicalNot(equal(rest, 0)), logicalXor(less(rest, 0), less(b, 0)));
  return where(across, add(rest, b), rest);
}
