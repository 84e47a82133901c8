/** Norms of windows. */
import { abs } from '../ops/abs.js';
import { AveragePool } from '../ops/average-pool.js';
import { greater } from '../ops/greater.js';
import { multiply } from '../ops/mul.js';
import { pow } from '../ops/pow.js';
import { where } from '../ops/where.js';
import { apply } from '../operator.js';
import { poolWindowsOf, type PoolOptions } from '../pooling.js';
import { sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import type { PerAxis } from '../windows.js';

/**
 * The p-norm of each window, `(sum |x|^p)^(1/p)`, over 1, 2 or 3 spatial axes. ONNX LpPool. A window of zeros has the gradient 0.
 *
 * @param x `[batch, channels, …space]`.
 * @param kernel The size of a window along each spatial axis.
 * @param options.p Default: 2.
 * @returns As many windows as `maxPool` of the same options gives.
 * @throws `SHAPE_MISMATCH` for a window that does not fit, or that padding could fill; `INVALID_ARGUMENT`; `DTYPE_MISMATCH`.
 * @example lpPool(asarray([[[3, 4, 0, 5]]]), 2); // [[[5, 5]]]
 */
export function lpPool(x: Tensor, kernel: PerAxis, options: Omit<PoolOptions, 'dilations'> & { readonly p?: number } = {}): Tensor {
  const { p = 2, ...rest } = options;
  const windows = poolWindowsOf('lpPool', x, kernel, rest);
  const [mean] = apply(AveragePool, [pow(abs(x), p)], { ...windows, countIncludePad: 1 });
  const total = multiply(mean, sizeOf(windows.kernel));
  const some = greater(total, 0);
  return where(some, pow(where(some, total, 1), 1 / p), 0);
}
