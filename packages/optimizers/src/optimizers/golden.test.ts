/** Twelve steps of every optimizer against Optax and PyTorch: `test/golden/make_optimizers.py` says how the numbers were made. */
import { asarray, NDArray, sizeOf, type DType } from '@gradus/graph';
import type { Optimizer, Params } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/optimizers.json' with { type: 'json' };
import { eagerStep, type Snapshot } from '../../test/run.js';
import { builtins } from './index.js';

type Flat = Readonly<Record<string, readonly number[]>>;
const { shapes, stride, written } = golden;

const arrays = (dtype: DType, fn: (i: number) => number): Params =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape], n) => {
      const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) => fn(i + 100 * n));
      return [name, asarray(new NDArray('float64', shape, values), { dtype })];
    }),
  );
const modulo = (a: number, b: number): number => ((a % b) + b) % b;
const gradientAt = (t: number) => (i: number) => ((modulo(i * i + 7 * i * t + 5 * t, 17) - 8) / 8) * 2 ** (-3 * (i % 4));
const startAt = (i: number): number => (modulo(5 * i + 3, 13) - 6) / 4;

/** Options as JavaScript has them: schedules and masks are functions. */
function optionsOf({ options, inverseTime, masks }: (typeof golden.cases)[number]): object {
  const values: Record<string, unknown> = { ...options };
  for (const name of inverseTime) {
    const value = values[name] as number;
    values[name] = (step: number) => value / (step + 1);
  }
  for (const [name, list] of Object.entries(masks)) values[name] = (parameter: string) => list.includes(parameter);
  return values;
}

function run(optimizer: Optimizer, dtype: DType): Params[] {
  const step = eagerStep(optimizer);
  const params = arrays(dtype, startAt);
  let now: Snapshot = { params, state: optimizer.init(params) };
  const rows: Params[] = [];
  for (let t = 0; t < written.at(-1)!; t++) {
    now = step(arrays(dtype, gradientAt(t)), now, t);
    if (written.includes(t + 1)) rows.push(now.params);
  }
  return rows;
}

/** The largest difference, relative to numbers above 1. */
function worst(actual: Params, expected: Flat): number {
  const errors = Object.entries(expected).flatMap(([name, values]) => {
    const every = (stride as Readonly<Record<string, number>>)[name] ?? 1;
    return values.map((value, i) => Math.abs(Number(actual[name].data[i * every]) - value) / Math.max(1, Math.abs(value)));
  });
  expect(errors.length).toBeGreaterThan(0);
  return Math.max(...errors);
}

describe.each(golden.cases.map((entry, i) => [i, entry.name, entry] as const))('%i: %s', (_i, name, entry) => {
  const make = (): Optimizer => (builtins[name as keyof typeof builtins] as (options: object) => Optimizer)(optionsOf(entry));

  it('takes the steps of Optax in float64', () => {
    const rows = run(make(), 'float64');
    entry.float64.forEach((expected, i) => expect(worst(rows[i], expected), `after step ${written[i]}`).toBeLessThan(1e-12));
  });

  it('takes the steps of Optax in float32', () => expect(worst(run(make(), 'float32').at(-1)!, entry.float32)).toBeLessThan(1e-6));

  it.runIf(entry.torch)('arrives where PyTorch does', () => expect(worst(run(make(), 'float64').at(-1)!, entry.torch as Flat)).toBeLessThan(1e-12));
});

it('has numbers for every optimizer', () => {
  expect(new Set(golden.cases.map(({ name }) => name))).toEqual(new Set(Object.keys(builtins)));
});
