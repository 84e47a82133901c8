/** Linear equations without a matrix: only its products are needed. */
import { GradusError } from '../errors.js';
import { zeros } from '../ndarray.js';
import { add } from '../ops/add.js';
import { divide } from '../ops/div.js';
import { equal } from '../ops/equal.js';
import { multiply } from '../ops/mul.js';
import { scan } from '../ops/scan.js';
import { subtract } from '../ops/sub.js';
import { sum } from '../ops/reduce-sum.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';

/**
 * x with `product(x) = b` after a fixed number of steps of the conjugate gradient method (Hestenes and Stiefel, 1952), as a loop
 * that is differentiated like any other. Steps after the exact solution change nothing.
 *
 * @param product Multiplies by a symmetric positive definite matrix; x and b may have any shape.
 * @param options.steps In exact arithmetic as many as b has elements suffice; as many as there are clusters of eigenvalues come close.
 * @param options.start The first x. Default: zeros.
 * @throws `INVALID_ARGUMENT` for a number of steps below 1.
 */
export function conjugateGradient(
  product: (x: Tensor) => Tensor,
  b: Tensor,
  options: { readonly steps: number; readonly start?: Tensor },
): Tensor {
  const { steps, start } = options;
  if (!Number.isInteger(steps) || steps < 1) {
    const details = { what: 'conjugateGradient: no such number of steps', received: String(steps), expected: 'a whole number from 1' };
    throw new GradusError('INVALID_ARGUMENT', details);
  }
  const rest = start === undefined ? b : subtract(b, product(start));
  const begin = { x: start ?? zeros(b.shape, b.dtype), rest, direction: rest, size: dot(rest, rest) };
  const [end] = scan(
    ({ x, rest, direction, size }) => {
      const turned = product(direction);
      const step = quotient(size, dot(direction, turned));
      const left = subtract(rest, multiply(turned, step));
      const next = dot(left, left);
      return [
        { x: add(x, multiply(direction, step)), rest: left, direction: add(left, multiply(direction, quotient(next, size))), size: next },
        [],
      ];
    },
    begin,
    null,
    { length: steps },
  );
  return end.x;
}

const dot = (a: Tensor, b: Tensor): Tensor => sum(multiply(a, b));

/** a / b, and 0 where b is 0: nothing is left to do there. */
function quotient(a: Tensor, b: Tensor): Tensor {
  const done = equal(b, 0);
  return where(done, 0, divide(a, where(done, 1, b)));
}
