/** Adafactor's scaling: a second moment kept as one row and one column per matrix. */
import { checkOptions, type GradientTransform, type Params, type TensorParams } from '@gradus/core';
import {
  add,
  cast,
  divide,
  mean,
  multiply,
  pow,
  scalar,
  sqrt,
  subtract,
  zeros,
  type NDArray,
  type Shape,
  type Tensor,
} from '@gradus/graph';
import { oncePerType } from '../bias-correction.js';
import { perParameter } from '../per-parameter.js';
import { factoredRmsRules } from '../scaling-rules.js';

export interface ScaleByFactoredRmsOptions {
  /** Default: `true`. Without factoring every parameter keeps one number per element, as RMSProp. */
  readonly factored?: boolean;
  /** The means at step t = 1, 2, ... keep a share of 1 - t^-decayRate: above 0. Default: 0.8. */
  readonly decayRate?: number;
  /** Parameters are factored over their two largest axes where both have at least this size. Default: 128. */
  readonly minDimSizeToFactor?: number;
  /** Added to squared gradients. Default: 1e-30. */
  readonly eps?: number;
}

/**
 * With s = g^2 + eps and b = 1 - t^-decayRate: row' = b row + (1 - b) mean(s over the largest axis), col' the same over the second
 * largest, u = g / sqrt(row' / mean(row')) / sqrt(col'). Parameters that are not factored: v' = b v + (1 - b) s, u = g / sqrt(v').
 *
 * State: `count` (int32); `row` and `col` of the factored parameters, with the axis they average over of size 1; `v` of the others.
 * Source: Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost" (ICML 2018), algorithms 4 and 5.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByFactoredRms(options: ScaleByFactoredRmsOptions = {}): GradientTransform {
  const { factored = true, decayRate = 0.8, minDimSizeToFactor = 128, eps = 1e-30 } = options;
  checkOptions('scaleByFactoredRms', options, factoredRmsRules);

  /** The two largest axes, the largest last; of equal ones the later counts as larger. `null` where nothing is gained. */
  const axesOf = (shape: Shape): readonly [second: number, largest: number] | null => {
    if (!factored || shape.length < 2) return null;
    const [second, largest] = shape
      .map((_, axis) => axis)
      .sort((a, b) => shape[a] - shape[b] || a - b)
      .slice(-2);
    return shape[second] < minDimSizeToFactor ? null : [second, largest];
  };

  /** Zeros for the parameters that have this moment: those whose axes have one that it averages over, -1 for none. */
  const moments = (params: Params, averaged: (axes: ReturnType<typeof axesOf>) => number | null): Params => {
    const made: Record<string, NDArray> = {};
    for (const [name, { shape, dtype }] of Object.entries(params)) {
      const axis = averaged(axesOf(shape));
      const kept = shape.map((n, i) => (i === axis ? 1 : n));
      if (axis !== null) made[name] = zeros(kept, dtype);
    }
    return made;
  };

  return {
    name: 'scaleByFactoredRms',
    init: (params) => ({
      count: scalar(0, 'int32'),
      row: moments(params, (axes) => axes?.[1] ?? null),
      col: moments(params, (axes) => axes?.[0] ?? null),
      v: moments(params, (axes) => (axes === null ? -1 : null)),
    }),
    update(gradients, state) {
      const count = add(state.count as Tensor, 1);
      const fresh = oncePerType((dtype) => pow(cast(count, dtype), -decayRate));
      const before = state as Readonly<Record<'row' | 'col' | 'v', TensorParams>>;
      const next: Record<'row' | 'col' | 'v', Record<string, Tensor>> = { row: {}, col: {}, v: {} };
      const advance = (moment: 'row' | 'col' | 'v', name: string, value: Tensor): Tensor => {
        const share = fresh(value.dtype);
        return (next[moment][name] = add(multiply(before[moment][name], subtract(1, share)), multiply(value, share)));
      };
      const updates = perParameter(gradients, (g, name) => {
        const squares = add(multiply(g, g), eps);
        const axes = axesOf(g.shape);
        if (axes === null) return divide(g, sqrt(advance('v', name, squares)));
        const [second, largest] = axes;
        const row = advance('row', name, mean(squares, { axes: largest, keepDims: true }));
        const col = advance('col', name, mean(squares, { axes: second, keepDims: true }));
        const share = divide(row, mean(row, { axes: second, keepDims: true }));
        return divide(divide(g, sqrt(share)), sqrt(col));
      });
      return [updates, { count, ...next }];
    },
  };
}
