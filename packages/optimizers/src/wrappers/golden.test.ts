/** Steps of every wrapper that Optax has too: `test/golden/make_wrappers.py` says how the numbers were made. */
import type { GradientTransform, Optimizer } from '@gradus/core';
import { cast, divide, equal, floor, logicalNot, multiply, scalar, subtract, type NDArray, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/wrappers.json' with { type: 'json' };
import { descend, rosenbrock, scalars } from '../../test/descend.js';
import {
  accumulate, adam, backtrackingLinesearch, chain, conditionallyTransform, freeze, lbfgs, lookahead, masked, momentumTrace, partition,
  reduceOnPlateau, sam, scheduleFree, sgd, warmupConstantSchedule,
} from '../index.js';

type Path = Readonly<{ path: readonly (readonly number[])[]; evaluated?: readonly (readonly number[])[] }>;

const thrice: GradientTransform = {
  name: 'thrice',
  init: () => ({}),
  update: (gradients, state) => [Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, multiply(g, 3)])), state],
};
const isNotSecondOfThree = (step: Tensor): Tensor => {
  const n = cast(step, 'float64');
  return logicalNot(equal(subtract(n, multiply(floor(divide(n, 3)), 3)), 1));
};

const { reduceOnPlateau: plateau, ...paths } = golden.cases;

const optimizers: Record<keyof typeof paths, () => Optimizer> = {
  masked: () => chain(masked(thrice, 'b'), sgd({ learningRate: 0.002 })),
  partition: () => partition({ one: sgd({ learningRate: 0.002 }), two: adam({ learningRate: 0.05 }) }, { a: 'one', '*': 'two' }),
  freeze: () => partition({ b: freeze(), '*': adam({ learningRate: 0.05 }) }),
  accumulate: () => accumulate(adam({ learningRate: 0.05 }), { every: 3 }),
  lookahead: () => lookahead(sgd({ learningRate: 0.002, momentum: 0.9 })),
  sam: () => sam(sgd({ learningRate: 0.002, momentum: 0.9 })),
  'scheduleFree sgd': () => scheduleFree(sgd({ learningRate: 0.004 })),
  'scheduleFree adam': () => scheduleFree(adam({ learningRate: 0.05, b1: 0 }), { b1: 0.8, weightLrPower: 1 }),
  'scheduleFree warmup': () => scheduleFree(sgd({ learningRate: warmupConstantSchedule({ peakValue: 0.004, warmupSteps: 6 }) })),
  backtrackingLinesearch: () => backtrackingLinesearch(sgd({ learningRate: 1 })),
  'lbfgs without search': () => lbfgs({ learningRate: 0.3, memorySize: 3, linesearch: null }),
  lbfgs: () => lbfgs({ memorySize: 4, linesearch: 'backtracking' }),
  conditionallyTransform: () => chain(conditionallyTransform(momentumTrace({ decay: 0.9 }), isNotSecondOfThree), sgd({ learningRate: 0.002 })),
};

describe.each(Object.entries(optimizers))('%s', (name, make) => {
  const expected: Path = paths[name as keyof typeof paths];
  it.each([
    ['float64', 1e-12],
    ['float32', 2e-4],
  ] as const)('takes the steps of Optax in %s', (dtype, tolerance) => {
    const optimizer = make();
    descend(optimizer, scalars(golden.start, dtype), rosenbrock, expected.path.length).forEach(({ params, state }, step) => {
      const near = (given: typeof params, point: readonly number[], what: string): void =>
        ['a', 'b'].forEach((p, i) => expect(Math.abs(given[p].item() - point[i]), `${what} ${p} after step ${step}`).toBeLessThan(tolerance));
      near(params, expected.path[step], 'parameter');
      if (expected.evaluated) near(optimizer.evaluationParams!(params, state) as typeof params, expected.evaluated[step], 'evaluated');
    });
  });
});

it('reduceOnPlateau has the scales of Optax', () => {
  const transform = reduceOnPlateau({ factor: 0.5, patience: 2, rtol: 1e-2, cooldown: 3, accumulationSize: 2, minScale: 0.1 });
  const one = { w: scalar(1, 'float64') };
  let state = transform.init(one);
  const scales = plateau.losses.map((loss) => {
    const [updates, next] = transform.update(one, state, one, { hyperparameters: {}, loss: scalar(loss, 'float64') });
    state = next;
    return (updates.w as NDArray).item();
  });
  expect(scales).toEqual(plateau.scales);
});
