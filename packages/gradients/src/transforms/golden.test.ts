/** Six steps of every transform against Optax: `test/golden/make.py` says how the numbers were made. */
import type { GradientTransform } from '@gradus/core';
import { asarray, scalar, type DType, type NDArray } from '@gradus/graph';
import { expect, it } from 'vitest';
import golden from '../../test/golden/transforms.json' with { type: 'json' };
import {
  adaptiveGradClip, applyIfFinite, centralize, clipByBlockRms, clipByGlobalNorm, clipByValue, ema, keepParamsNonnegative,
  normalizeByUpdateNorm, zeroNans,
} from '../index.js';

type Row = Readonly<Record<string, readonly (number | string | null)[]>>;

const transforms: Record<keyof typeof golden.cases, { make: () => GradientTransform; broken?: boolean }> = {
  adaptiveGradClip: { make: () => adaptiveGradClip(0.4) },
  applyIfFinite: { make: () => applyIfFinite(ema({ decay: 0.8 }), { maxConsecutiveErrors: 2 }), broken: true },
  centralize: { make: () => centralize() },
  clipByBlockRms: { make: () => clipByBlockRms(0.6) },
  clipByGlobalNorm: { make: () => clipByGlobalNorm(5) },
  clipByValue: { make: () => clipByValue(0.5) },
  ema: { make: () => ema({ decay: 0.8 }) },
  'ema without debias': { make: () => ema({ decay: 0.8, debias: false }) },
  keepParamsNonnegative: { make: () => keepParamsNonnegative() },
  normalizeByUpdateNorm: { make: () => normalizeByUpdateNorm({ scaleFactor: 2.5, eps: 1e-3 }) },
  zeroNans: { make: () => zeroNans(), broken: true },
};

const numbers = (row: readonly (number | string | null)[]): number[] => row.map((v) => (v === null ? NaN : Number(v)));
const arrays = (row: Row, dtype: DType): Record<string, NDArray> =>
  Object.fromEntries(
    Object.entries(row).map(([name, list]) => [name, asarray(numbers(list), { dtype, shape: golden.shapes[name as 'kernel'] })]),
  );

const rows = Object.entries(transforms).flatMap(([name, { make, broken = false }]) => [
  { name, make, broken, dtype: 'float64' as const, tolerance: 1e-14 },
  { name, make, broken, dtype: 'float32' as const, tolerance: 2e-6 },
]);

it.each(rows)('$name, $dtype', ({ name, make, broken, dtype, tolerance }) => {
  const transform = make();
  const params = arrays(golden.params, dtype);
  const hyperparameters = Object.fromEntries(
    Object.entries(transform.hyperparameters ?? {}).map(([own, value]) => [own, scalar(value as number, dtype)]),
  );
  let state = transform.init(params);
  (broken ? golden.broken : golden.gradients).forEach((gradients, t) => {
    const [updates, next] = transform.update(arrays(gradients, dtype), state, params, { hyperparameters });
    state = next;
    for (const [parameter, list] of Object.entries(golden.cases[name as keyof typeof golden.cases][t])) {
      const actual = Array.from((updates[parameter] as NDArray).data, Number);
      numbers(list).forEach((value, i) => {
        if (Number.isFinite(value)) expect(Math.abs(actual[i] - value), `${parameter}[${i}] at step ${t}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
        else expect(actual[i], `${parameter}[${i}] at step ${t}`).toBe(value);
      });
    }
  });
});
