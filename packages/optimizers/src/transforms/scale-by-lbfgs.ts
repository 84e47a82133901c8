/** Limited-memory BFGS: the gradient times an estimate of the inverse Hessian. */
import { checkOptions, rules, type GradientTransform, type Params, type TensorParams, type TransformState } from '@gradus/core';
import {
  add,
  cast,
  concat,
  divide,
  greater,
  logicalAnd,
  maximum,
  minimum,
  multiply,
  reshape,
  scalar,
  scan,
  slice,
  sqrt,
  subtract,
  where,
  zeros,
  type Tensor,
} from '@gradus/graph';
import { floatOf, innerProduct } from '../inner-product.js';
import { perParameter, zerosLike } from '../per-parameter.js';

export interface ScaleByLbfgsOptions {
  /** How many past steps the estimate is made of: a whole number of at least 1. Default: 10. */
  readonly memorySize?: number;
}

/** A pair counts when y s is above this share of y y, and above the smallest number with an inverse in float32. */
const LEAST_CURVATURE = { share: 1e-10, size: 1e-35 } as const;

/**
 * The two-loop recursion over the last `memorySize` differences of parameters, s, and of gradients, y. The estimate begins with
 * (s y / y y) I of the newest pair; before there is one, with min(1, 1 / |g|) I, so that the first step is at most 1 long.
 *
 * Optax's `scale_by_lbfgs`, except that a pair with a curvature s y of 0 or less is left out, which keeps the estimate positive. All
 * gradients are to be of one loss: use the whole data as one batch. State: `count` (int32), `params`, `gradients`, and the memory, oldest
 * first: `s`, `y` ([memorySize, ...shape] each) and `rho` = 1 / (s y).
 * Source: Nocedal and Wright, "Numerical optimization" (2006), algorithm 7.4.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByLbfgs(options: ScaleByLbfgsOptions = {}): GradientTransform {
  checkOptions('scaleByLbfgs', options, { memorySize: rules.positiveCount });
  const { memorySize = 10 } = options;
  const rows = (params: Params): Params =>
    Object.fromEntries(Object.entries(params).map(([name, { shape, dtype }]) => [name, zeros([memorySize, ...shape], dtype)]));
  return {
    name: 'scaleByLbfgs',
    init: (params) => ({
      count: scalar(0, 'int32'),
      params: zerosLike(params),
      gradients: zerosLike(params),
      s: rows(params),
      y: rows(params),
      rho: zeros([memorySize], floatOf(params)),
    }),
    update(gradients, state, params) {
      const count = add(state.count as Tensor, 1);
      const memory = Object.keys(gradients).length === 0 ? (state as unknown as Memory) : remember(gradients, state, params);
      const direction = Object.keys(gradients).length === 0 ? gradients : twoLoops(gradients, memory);
      return [direction, { count, params, gradients, s: memory.s, y: memory.y, rho: memory.rho }];
    },
  };
}

interface Memory {
  readonly s: TensorParams;
  readonly y: TensorParams;
  readonly rho: Tensor;
}

/** The memory with the newest pair at its end, unless that pair tells of no curvature. */
function remember(gradients: TensorParams, state: TransformState, params: TensorParams): Memory {
  const { s, y, rho } = state as unknown as Memory;
  const difference = (now: TensorParams, before: Tensor | TransformState): TensorParams =>
    perParameter(now, (x, name) => subtract(x, (before as TensorParams)[name]));
  const [ds, dy] = [difference(params, state.params), difference(gradients, state.gradients)];
  const curvature = innerProduct(dy, ds);
  const least = maximum(multiply(innerProduct(dy, dy), LEAST_CURVATURE.share), LEAST_CURVATURE.size);
  const counts = logicalAnd(greater(state.count as Tensor, 0), greater(curvature, least));
  const push = (list: Tensor, x: Tensor): Tensor =>
    where(counts, concat([slice(list, { start: 1, axis: 0 }), reshape(x, [1, ...x.shape])], { axis: 0 }), list);
  return {
    s: perParameter(ds, (x, name) => push(s[name], x)),
    y: perParameter(dy, (x, name) => push(y[name], x)),
    rho: push(rho, divide(1, curvature)),
  };
}

/** Rows that were never filled have rho = 0 and do nothing. */
function twoLoops(gradients: TensorParams, { s, y, rho }: Memory): TensorParams {
  const addTo = (to: TensorParams, factor: Tensor, other: TensorParams): TensorParams =>
    perParameter(to, (x, name) => add(x, multiply(other[name], cast(factor, x.dtype))));
  const [q, alphas] = scan(
    (at: TensorParams, row: Memory) => {
      const alpha = multiply(row.rho, innerProduct(row.s, at));
      return [addTo(at, multiply(alpha, -1), row.y), alpha];
    },
    gradients,
    { s, y, rho },
    { reverse: true },
  );
  const newest = (list: Tensor): Tensor => reshape(slice(list, { start: -1, axis: 0 }), list.shape.slice(1));
  const newestY = perParameter(y, newest);
  const newestRho = newest(rho);
  const first = minimum(divide(1, sqrt(innerProduct(gradients, gradients))), 1);
  const scale = where(greater(newestRho, 0), divide(1, multiply(newestRho, innerProduct(newestY, newestY))), first);
  const [direction] = scan(
    (at: TensorParams, row: Memory & { readonly alpha: Tensor }) => {
      const beta = multiply(row.rho, innerProduct(row.y, at));
      return [addTo(at, subtract(row.alpha, beta), row.s), {}];
    },
    perParameter(q, (x) => multiply(x, cast(scale, x.dtype))),
    { s, y, rho, alpha: alphas },
  );
  return direction;
}
