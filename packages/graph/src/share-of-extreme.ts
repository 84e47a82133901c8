/** The gradient of a maximum or minimum over axes: shared equally among the elements that reach it. */
import type { GradientContext } from './operator.js';
import { cast } from './ops/cast.js';
import { divide } from './ops/div.js';
import { equal } from './ops/equal.js';
import { multiply } from './ops/mul.js';
import { sum } from './ops/reduce-sum.js';
import type { Tensor } from './tensor.js';
import { restoreAxes } from './unreduce.js';

type Context = GradientContext<{ axes: readonly number[]; keepdims: number }>;

export function shareOfExtreme({ inputs: [x], outputs: [y], cotangent, attributes: { axes } }: Context): [Tensor] {
  const hits = cast(equal(x, restoreAxes(y, x.shape, axes)), x.dtype);
  const share = divide(restoreAxes(cotangent, x.shape, axes), sum(hits, { axes, keepDims: true }));
  return [multiply(hits, share)];
}
