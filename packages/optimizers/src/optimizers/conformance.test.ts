/** What every optimizer must do. A new optimizer joins with one row. */
import type { Optimizer, Params, TensorParams } from '@gradus/core';
import { add, asarray, flatten, formatSpec, multiply, NDArray, scalar, slice, square, subtract, sum } from '@gradus/graph';
import type { DType, Tensor } from '@gradus/graph';
import { optimizerChecks } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { eagerStep, minimise, type Snapshot } from '../../test/run.js';
import { adam, adamw, builtins, sgd } from './index.js';

interface Row {
  readonly name: string;
  readonly factory: keyof typeof builtins;
  readonly make: (learningRate?: number) => Optimizer;
  /** The update of one element, in plain float64 arithmetic. Called once per step; closes over its own state. */
  readonly formula: () => (g: number, p: number, step: number) => number;
  /** A rate and a number of steps that reach the minimum of both test functions. */
  readonly converges: { readonly learningRate: number; readonly steps: number };
}

/** Adam as the paper writes it: both means corrected first, then divided. */
function adamFormula(b1: number, b2: number, eps: number): (g: number, step: number) => number {
  let [m, v] = [0, 0];
  return (g, step) => {
    m = b1 * m + (1 - b1) * g;
    v = b2 * v + (1 - b2) * g * g;
    return m / (1 - b1 ** (step + 1)) / (Math.sqrt(v / (1 - b2 ** (step + 1))) + eps);
  };
}

const rows: readonly Row[] = [
  {
    name: 'sgd',
    factory: 'sgd',
    make: (learningRate = 0.1) => sgd({ learningRate }),
    formula: () => (g) => -0.1 * g,
    converges: { learningRate: 0.015, steps: 3000 },
  },
  {
    name: 'sgd with momentum',
    factory: 'sgd',
    make: (learningRate = 0.1) => sgd({ learningRate, momentum: 0.8 }),
    formula: () => {
      let trace = 0;
      return (g) => -0.1 * (trace = g + 0.8 * trace);
    },
    converges: { learningRate: 0.005, steps: 1500 },
  },
  {
    name: 'sgd with Nesterov momentum',
    factory: 'sgd',
    make: (learningRate = 0.1) => sgd({ learningRate, momentum: 0.8, nesterov: true }),
    formula: () => {
      let trace = 0;
      return (g) => {
        trace = g + 0.8 * trace;
        return -0.1 * (g + 0.8 * trace);
      };
    },
    converges: { learningRate: 0.005, steps: 1500 },
  },
  {
    name: 'adam',
    factory: 'adam',
    make: (learningRate = 0.1) => adam({ learningRate }),
    formula: () => {
      const direction = adamFormula(0.9, 0.999, 1e-8);
      return (g, _p, step) => -0.1 * direction(g, step);
    },
    converges: { learningRate: 0.02, steps: 2000 },
  },
  {
    name: 'adam without memory',
    factory: 'adam',
    make: (learningRate = 0.1) => adam({ learningRate, b1: 0, b2: 0, eps: 0.5 }),
    // m = g, v = g^2: the update is a soft sign.
    formula: () => (g) => (-0.1 * g) / (Math.abs(g) + 0.5),
    converges: { learningRate: 0.02, steps: 4000 },
  },
  {
    name: 'adamw',
    factory: 'adamw',
    make: (learningRate = 0.1) => adamw({ learningRate }),
    formula: () => {
      const direction = adamFormula(0.9, 0.999, 1e-8);
      return (g, p, step) => -0.1 * (direction(g, step) + 1e-4 * p);
    },
    converges: { learningRate: 0.02, steps: 2000 },
  },
];

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
const bytes = (snapshot: Snapshot): [string, Uint8Array][] =>
  flatten<NDArray>({ params: snapshot.params, state: snapshot.state }).map(({ path, leaf: { data } }) => [
    path,
    new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)),
  ]);

/** Every snapshot from the start on. */
function walk(optimizer: Optimizer, dtype: DType, step = eagerStep(optimizer)): Snapshot[] {
  const params = startAt(dtype);
  const path: Snapshot[] = [{ params, state: optimizer.init(params) }];
  for (let t = 0; t < STEPS; t++) path.push(step(gradientsAt(t, params), path[t], t));
  return path;
}

const vector = (...values: number[]): NDArray => asarray(values, { dtype: 'float64' });

const quadratic = ({ x }: TensorParams): Tensor => sum(multiply(square(subtract(x, vector(1, -2))), vector(1, 4)));

function rosenbrock({ x }: TensorParams): Tensor {
  const [a, b] = [slice(x, { stop: 1 }), slice(x, { start: 1 })];
  return sum(add(square(subtract(1, a)), multiply(square(subtract(b, square(a))), 10)));
}

describe.each(rows)('$name', ({ factory, make, formula, converges }) => {
  const { learningRate, steps } = converges;
  for (const { name, run } of optimizerChecks(() => make(learningRate), { convergence: { steps } })) it(name, run);

  it.each([
    ['float64', 1e-13],
    ['float32', 2e-6],
  ] as const)('gives the numbers of its formula in %s', (dtype, tolerance) => {
    const path = walk(make(), dtype);
    for (const name of Object.keys(START)) {
      const elements = numbers(path[0].params[name]);
      elements.forEach((start, i) => {
        const update = formula();
        let p = start;
        for (let t = 0; t < STEPS; t++) {
          p += update(numbers(gradientsAt(t, path[0].params)[name])[i], p, t);
          const actual = numbers(path[t + 1].params[name])[i];
          const where = `${name}[${i}] after step ${t}: ${actual}, not ${p}`;
          expect(Math.abs(actual - p), where).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(p)));
        }
      });
    }
  });

  it('goes on with the same bits from a copy of its state in a new instance', () => {
    const whole = walk(make(), 'float32');
    const middle = 3;
    const copy = (array: NDArray): NDArray => new NDArray(array.dtype, [...array.shape], array.data.slice());
    const revive = (tree: object): never =>
      Object.fromEntries(
        Object.entries(tree).map(([key, value]) => [key, value instanceof NDArray ? copy(value) : revive(value)]),
      ) as never;
    const step = eagerStep(make());
    let now: Snapshot = { params: revive(whole[middle].params), state: revive(whole[middle].state) };
    for (let t = middle; t < STEPS; t++) now = step(gradientsAt(t, whole[0].params), now, t);
    expect(bytes(now)).toEqual(bytes(whole[STEPS]));
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

  it('scales its update by the rate of the step', () => {
    const rates = [0.1, 0.3, 0, 0.2, 0.1, 0.05, 1];
    const optimizer = make();
    const decay = optimizer.hyperparameters?.weightDecay as number | undefined;
    const at = (learningRate: number) => ({ learningRate, ...(decay !== undefined && { weightDecay: decay }) });
    let now: Snapshot = { params: startAt('float64'), state: optimizer.init(startAt('float64')) };
    for (const [t, rate] of rates.entries()) {
      const gradients = gradientsAt(t, now.params);
      const update = (learningRate: number) => {
        const scalars = Object.entries(at(learningRate)).map(([name, value]) => [name, scalar(value, 'float64')]);
        return optimizer.update(gradients, now.state, now.params, { hyperparameters: Object.fromEntries(scalars) });
      };
      const unit = numbers(update(1)[0]['layer.weight'] as NDArray);
      const [updates, state] = update(rate);
      numbers(updates['layer.weight'] as NDArray).forEach((value, i) => expect(value).toBeCloseTo(unit[i] * rate, 14));
      now = { params: now.params, state };
    }
  });

  it.each([
    ['a quadratic', quadratic, [0, 0], [1, -2]],
    ['a curved valley', rosenbrock, [-1.2, 1], [1, 1]],
  ] as const)('finds the minimum of %s', (_, loss, start, minimum) => {
    const last = minimise(make(learningRate), { x: vector(...start) }, loss, steps).at(-1)!;
    numbers(last.x).forEach((value, i) => expect(Math.abs(value - minimum[i])).toBeLessThan(1e-2));
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
    expect(optimizer.hyperparameters?.learningRate).toBeGreaterThan(0);
  });
});

it('has a row for every optimizer', () => {
  expect(new Set(rows.map(({ factory }) => factory))).toEqual(new Set(Object.keys(builtins)));
});
