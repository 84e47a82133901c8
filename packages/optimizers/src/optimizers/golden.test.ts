/** Ten steps of every optimizer against PyTorch and Optax: `test/golden/make.py` says how the numbers were made. */
import { add, asarray, multiply, slice, square, subtract, sum, type Tensor } from '@gradus/graph';
import type { Optimizer, TensorParams } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/optimizers.json' with { type: 'json' };
import { minimise } from '../../test/run.js';
import { builtins } from './index.js';

function loss({ x }: TensorParams): Tensor {
  const [a, b] = [slice(x, { stop: 1 }), slice(x, { start: 1 })];
  return sum(add(square(subtract(1, a)), multiply(square(subtract(b, square(a))), 10)));
}

describe.each(Object.entries(golden.cases))('%s', (name, { options, torch, optax }) => {
  const make = builtins[name.split(' ')[0] as keyof typeof builtins] as (options: object) => Optimizer;
  const path = (dtype: 'float32' | 'float64'): number[][] =>
    minimise(make(options), { x: asarray(golden.start, { dtype }) }, loss, torch.length).map(({ x }) => Array.from(x.data, Number));

  it.each([
    ['PyTorch', torch],
    ['Optax', optax],
  ])('takes the steps of %s', (_, expected) => {
    path('float64').forEach((point, step) => point.forEach((value, i) => expect(Math.abs(value - expected[step][i])).toBeLessThan(1e-12)));
  });

  it('stays near them in float32', () => {
    path('float32').forEach((point, step) => point.forEach((value, i) => expect(Math.abs(value - torch[step][i])).toBeLessThan(5e-6)));
  });
});
