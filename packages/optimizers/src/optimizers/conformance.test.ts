/** What every optimizer must do, by the table of `test/optimizers.cases.ts`. */
import type { Optimizer, Params } from '@gradus/core';
import { asarray, flatten, formatSpec, NDArray, scalar, zeros } from '@gradus/graph';
import type { DType } from '@gradus/graph';
import { optimizerChecks } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { rows } from '../../test/optimizers.cases.js';
import { eagerStep, type Snapshot } from '../../test/run.js';
import { hyperparametersAt } from '../index.js';
import { builtins } from './index.js';

const START = { 'layer.weight': [[0.3, -0.7], [1.1, 0]], 'layer.bias': [0.2, -0.1], scale: 1.5 };
const startAt = (dtype: DType): Params =>
  Object.fromEntries(Object.entries(START).map(([name, value]) => [name, asarray(value, { dtype })]));

/** Gradients of step t: of both signs, of sizes from 1e-3 to 10, one of them always 0. */
function gradientsAt(t: number, like: Params): Params {
  let element = 0;
  return Object.fromEntries(
    Object.entries(like).map(([name, { dtype, shape, size }]) => {
      const values = Array.from({ length: size }, () => Math.sin(3 * t + element) * 10 ** ((element++ % 5) - 3));
      if (name === 'layer.bias') values[1] = 0;
      return [name, asarray(new NDArray('float64', shape, Float64Array.from(values)), { dtype })];
    }),
  );
}

const STEPS = 7;
const numbers = (array: NDArray): number[] => Array.from(array.data, Number);
const specs = (tree: unknown): string[] => flatten(tree).map(({ path, leaf }) => `${path} ${formatSpec(leaf)}`);
/** Every snapshot from the start on. */
function walk(optimizer: Optimizer, dtype: DType, step = eagerStep(optimizer)): Snapshot[] {
  const params = startAt(dtype);
  const path: Snapshot[] = [{ params, state: optimizer.init(params) }];
  for (let t = 0; t < STEPS; t++) path.push(step(gradientsAt(t, params), path[t], t));
  return path;
}

describe.each(rows.map((row) => [`${row.factory} ${JSON.stringify(row.options ?? {})}`, row] as const))('%s', (_name, row) => {
  const { factory, options, formula, slots } = row;
  const make = (learningRate = 0.1): Optimizer => (builtins[factory] as (options: object) => Optimizer)({ ...options, learningRate });
  const goal = (target: 'quadratic' | 'illConditioned' | 'rosenbrock' | 'logistic', reduction: number) => {
    const [learningRate, steps] = row[target];
    return { steps, reduction, hyperparameters: { learningRate } };
  };
  const convergence = {
    quadratic: goal('quadratic', 1e-3),
    illConditioned: goal('illConditioned', 1e-3),
    rosenbrock: goal('rosenbrock', 1e-2),
    logistic: goal('logistic', 1e-3),
  };
  for (const { name, run } of optimizerChecks(make, { convergence })) it(name, run);

  it.runIf(formula).each([
    ['float64', 1e-13],
    ['float32', 2e-6],
  ] as const)('gives the numbers of its formula in %s', (dtype, tolerance) => {
    const path = walk(make(), dtype);
    for (const [name, start] of Object.entries(path[0].params)) {
      const update = formula!();
      let p = numbers(start);
      for (let t = 0; t < STEPS; t++) {
        const change = update(numbers(gradientsAt(t, path[0].params)[name]), p, t + 1);
        p = p.map((value, i) => value + change[i]);
        numbers(path[t + 1].params[name]).forEach((actual, i) => {
          const where = `${name}[${i}] after step ${t}: ${actual}, not ${p[i]}`;
          expect(Math.abs(actual - p[i]), where).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(p[i])));
        });
      }
    }
  });

  it('keeps no more state than it says', () => {
    const kernel = zeros([8, 4, 3, 3]);
    const sizes = flatten<NDArray>(make().init({ kernel })).map(({ leaf }) => leaf.size);
    expect(Math.floor(sizes.reduce((a, b) => a + b, 0) / kernel.size)).toBe(slots);
  });

  it('takes empty parameters', () => {
    const optimizer = make();
    const { params, state } = eagerStep(optimizer)({}, { params: {}, state: optimizer.init({}) }, 0);
    expect(params).toEqual({});
    expect(specs(state)).toEqual(specs(optimizer.init({})));
  });

  it('does not move at a rate of 0', () => {
    const path = walk(make(0), 'float32');
    for (const { params } of path) expect(Object.values(params).map(numbers)).toEqual(Object.values(path[0].params).map(numbers));
  });

  it.skipIf(row.rateIsRemembered)('scales its update by the rate of the step', () => {
    const optimizer = make();
    let now: Snapshot = { params: startAt('float64'), state: optimizer.init(startAt('float64')) };
    for (const [t, rate] of [0.1, 0.3, 0, 0.2, 0.1, 0.05, 1].entries()) {
      const gradients = gradientsAt(t, now.params);
      const update = (learningRate: number) => {
        const hyperparameters = { ...hyperparametersAt(optimizer, t, 'float64'), learningRate: scalar(learningRate, 'float64') };
        return optimizer.update(gradients, now.state, now.params, { hyperparameters });
      };
      const unit = numbers(update(1)[0]['layer.weight'] as NDArray);
      const [updates, state] = update(rate);
      numbers(updates['layer.weight'] as NDArray).forEach((value, i) => expect(value).toBeCloseTo(unit[i] * rate, 14));
      now = { params: now.params, state };
    }
  });

  it.each([-0.1, NaN, Infinity])('refuses a rate of %s, naming itself and the value', (rate) => {
    const message = expect.stringMatching(`'learningRate' of ${factory} .*${rate}`);
    expect(() => make(rate)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message }));
  });

  it('refuses an option it does not have and suggests the nearest', () => {
    const build = builtins[factory] as (options: object) => unknown;
    const message = expect.stringMatching(`${factory} has no option 'learningrate'.*Did you mean 'learningRate'`);
    expect(() => build({ learningrate: 0.1 })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message }));
  });

  it('works without options', () => {
    const optimizer = builtins[factory]();
    expect(optimizer.name).toBe(factory);
    expect(hyperparametersAt(optimizer, 0).learningRate.item()).toBeGreaterThan(0);
  });
});

it('has a row for every optimizer', () => {
  expect(new Set(rows.map(({ factory }) => factory))).toEqual(new Set(Object.keys(builtins)));
});
