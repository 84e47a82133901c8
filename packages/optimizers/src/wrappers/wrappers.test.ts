/** What wrappers do to the optimizers inside them, by numbers worked out here. */
import type { GradientTransform, Optimizer, Params, TensorParams, TransformState } from '@gradus/core';
import { add, asarray, cast, greater, less, multiply, type NDArray, scalar, square, subtract, sum, where, type Tensor } from '@gradus/graph';
import { optimizerChecks } from '@gradus/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { descend, evaluating, rosenbrock, scalars, type Loss } from '../../test/descend.js';
import { eagerStep } from '../../test/run.js';
import {
  accumulate, adam, addDecayedWeights, backtrackingLinesearch, chain, conditionallyTransform, emaParams, freeze, hyperparametersAt, lbfgs,
  lookahead, masked, momentumTrace, partition, reduceOnPlateau, sam, scaleByLbfgs, scheduleFree, sgd, zoomLinesearch,
} from '../index.js';

const f64 = (...values: number[]): NDArray => asarray(values, { dtype: 'float64' });
const numbers = (tensor: unknown): number[] => Array.from((tensor as NDArray).data, Number);
/** Σ (p - 1)^2 in the type of the first parameter: what `evaluate` knows in the suites. */
const bowl: Loss = (params) => {
  const { dtype } = Object.values(params)[0];
  return Object.values(params).map((p): Tensor => cast(sum(square(subtract(p, 1))), dtype)).reduce((a, b) => add(a, b));
};

describe.each<[string, () => GradientTransform]>([
  ['accumulate', () => accumulate(adam(), { every: 2 })],
  ['backtrackingLinesearch', () => evaluating(backtrackingLinesearch(sgd({ learningRate: 1 })), bowl)],
  ['conditionallyTransform', () => conditionallyTransform(adam(), (step) => less(step, 2))],
  ['emaParams', () => emaParams(sgd())],
  ['freeze', () => freeze()],
  ['lbfgs', () => evaluating(lbfgs({ memorySize: 3 }), bowl)],
  ['lbfgs with backtracking', () => evaluating(lbfgs({ linesearch: 'backtracking' }), bowl)],
  ['lbfgs without search', () => lbfgs({ memorySize: 3, linesearch: null })],
  ['lookahead', () => lookahead(adam(), { syncPeriod: 2 })],
  ['masked', () => masked(adam(), '*weight')],
  ['partition', () => partition({ '*weight': adam(), '*bias': freeze(), '*': sgd() })],
  ['reduceOnPlateau', () => chain(sgd(), reduceOnPlateau({ patience: 2 }))],
  ['sam', () => evaluating(sam(sgd({ momentum: 0.9 })), bowl)],
  ['scheduleFree', () => scheduleFree(adam({ b1: 0 }))],
  ['zoomLinesearch', () => evaluating(zoomLinesearch(sgd({ learningRate: 1 })), bowl)],
  ['all together', () => emaParams(accumulate(partition({ '*weight': lookahead(adam()), '*': chain(sgd(), reduceOnPlateau()) }), { every: 2 }))],
])('%s', (_, make) => {
  for (const { name, run } of optimizerChecks(make, { convergence: false })) it(name, run);
});

const rates = { learningRate: 0.02 };
describe.each<[string, () => Optimizer, number]>([
  ['accumulate', () => accumulate(adam(rates), { every: 2 }), 4000],
  ['backtrackingLinesearch', () => backtrackingLinesearch(sgd({ learningRate: 1 })), 1500],
  ['emaParams', () => emaParams(adam(rates), { decay: 0.99 }), 2500],
  ['lbfgs', () => lbfgs(), 30],
  ['lbfgs with backtracking', () => lbfgs({ linesearch: 'backtracking' }), 40],
  ['zoomLinesearch', () => zoomLinesearch(sgd({ learningRate: 1 }), { curvRtol: 0.1 }), 400],
  ['lookahead', () => lookahead(adam(rates)), 4000],
  ['partition', () => partition({ a: adam(rates), b: sgd({ learningRate: 0.01 }) }), 2000],
  ['sam', () => sam(adam(rates), { rho: 1e-4 }), 2000],
  ['scheduleFree', () => scheduleFree(adam({ learningRate: 0.05, b1: 0 })), 4000],
])('%s finds the minimum of a curved valley', (_, make, steps) => {
  it.each(['float64', 'float32'] as const)('in %s', (dtype) => {
    const optimizer = make();
    const { params, state } = descend(optimizer, scalars({ a: -1.2, b: 1 }, dtype), rosenbrock, steps).at(-1)!;
    const found = (optimizer.evaluationParams?.(params, state) ?? params) as Params;
    for (const name of ['a', 'b']) expect(Math.abs(found[name].item() - 1), name).toBeLessThan(1e-2);
  });

  it('in the same bits at once and traced', () => {
    const [eager, traced] = [true, false].map((flag) => descend(make(), scalars({ a: -1.2, b: 1 }), rosenbrock, 6, { eager: flag }));
    expect(traced.map(({ params }) => [params.a.item(), params.b.item()])).toEqual(eager.map(({ params }) => [params.a.item(), params.b.item()]));
  });
});

/** A transform that adds `by` to every gradient and shows what it was given. */
function adds(by: number, seen: string[][] = []): GradientTransform {
  return {
    name: 'adds',
    init: (params) => (seen.push(Object.keys(params)), {}),
    update: (gradients, state, params) => {
      seen.push(Object.keys(gradients), Object.keys(params));
      return [Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, add(g, by)])), state];
    },
  };
}

const params = { 'encoder.0.weight': f64(1), 'encoder.0.bias': f64(2), 'head.weight': f64(3) };
const once = (transform: GradientTransform, gradients: Params = params): number[] =>
  Object.values(transform.update(gradients, transform.init(params), params, { hyperparameters: hyperparametersAt(transform, 0, 'float64') })[0]).flatMap(numbers);

describe('patterns of names', () => {
  it.each<[string, Parameters<typeof masked>[1], number[]]>([
    ['a star stands for dots too', 'encoder.*', [11, 12, 3]],
    ['several stars', '*.weight', [11, 2, 13]],
    ['dots are dots', 'encoder.0.bias', [1, 12, 3]],
    ['a list', ['head.*', '*.bias'], [1, 12, 13]],
    ['a function', (name) => name.length > 11, [11, 12, 3]],
  ])('%s', (_, pattern, expected) => expect(once(masked(adds(10), pattern))).toEqual(expected));

  it('a pattern is matched whole, and its other letters stand for themselves', () => {
    const wide = { 'a+b': f64(1), 'xa+b': f64(2), aab: f64(3) };
    const [updates] = masked(adds(10), 'a+b').update(wide, {}, wide, { hyperparameters: {} });
    expect(Object.values(updates).flatMap(numbers)).toEqual([11, 2, 3]);
  });

  it.each([() => masked(adds(1), 'decoder.*'), () => freeze('decoder.*'), () => partition({ 'decoder.*': adds(1), '*': adds(2) })])('%s that match nothing are refused', (make) => {
    const message = expect.stringMatching(/'decoder\.\*'.*encoder\.0\.weight/);
    expect(() => make().init(params)).toThrow(expect.objectContaining({ code: 'UNKNOWN_PARAMETER', message }));
  });
});

describe('masked', () => {
  it('shows its transform the chosen parameters alone', () => {
    const seen: string[][] = [];
    once(masked(adds(1, seen), 'encoder.*'));
    expect(seen).toEqual([['encoder.0.weight', 'encoder.0.bias'], ['encoder.0.weight', 'encoder.0.bias'], ['encoder.0.weight', 'encoder.0.bias']]);
  });

  it('evaluates with the others where they are', () => {
    // SAM on a alone moves it by rho in the direction of its gradient 2 a b = 12; the gradient there is 2 (2 + rho) b.
    const product: Loss = ({ a, b }) => multiply(square(a), b);
    const [{ params: next }] = descend(masked(sam(sgd({ learningRate: 1 }), { rho: 0.5 }), 'a'), scalars({ a: 2, b: 3 }), product, 1);
    expect(next.a.item()).toBeCloseTo(2 - 2 * 2.5 * 3, 10);
    // The gradient of b goes through, undescended: b + a^2.
    expect(next.b.item()).toBe(7);
  });
});

describe('partition', () => {
  it('gives each group to its own, the first pattern that matches', () => {
    expect(once(partition({ '*.bias': adds(10), 'encoder.*': adds(20), '*': adds(30) }))).toEqual([21, 12, 33]);
  });

  it('takes labels by pattern or by a function', () => {
    const transforms = { slow: adds(1), fast: adds(100) };
    expect(once(partition(transforms, { 'head.*': 'fast', '*': 'slow' }))).toEqual([2, 3, 103]);
    expect(once(partition(transforms, (name) => (name.includes('bias') ? 'fast' : 'slow')))).toEqual([2, 102, 4]);
  });

  it('names shared hyperparameters by their labels and hands each its own', () => {
    const optimizer = partition({ slow: sgd({ learningRate: 0.5 }), fast: chain(addDecayedWeights({ weightDecay: 1 }), sgd({ learningRate: 2 })) }, { 'encoder.*': 'slow', '*': 'fast' });
    expect(optimizer.hyperparameters).toEqual({ 'slow.learningRate': 0.5, weightDecay: 1, 'fast.learningRate': 2 });
    // -0.5 g for the encoder, -2 (g + p) for the head, with g = p.
    expect(once(optimizer)).toEqual([-0.5, -1, -12]);
  });

  it('keeps no state for what is frozen', () => {
    const { still, '*': rest } = partition({ still: freeze(), '*': adam() }, { 'encoder.*': 'still', '*': '*' }).init(params) as Record<string, Record<string, object>>;
    expect([still, Object.keys(rest.m)]).toEqual([{}, ['head.weight']]);
  });

  it('evaluates each group with its own average', () => {
    const optimizer = partition({ 'head.*': emaParams(sgd({ learningRate: 1 }), { decay: 0.5 }), '*': sgd({ learningRate: 1 }) });
    const { params: next, state } = eagerStep(optimizer)(params, { params, state: optimizer.init(params) }, 0);
    // All become 0; the average of the head is half way.
    expect(Object.values(optimizer.evaluationParams!(next, state)).flatMap(numbers)).toEqual([0, 0, 1.5]);
    expect(partition({ '*': sgd() }).evaluationParams).toBeUndefined();
  });

  it.each<[() => unknown, RegExp]>([
    [() => partition({ a: adds(1) }, { '*': 'b' }), /the pattern '\*' has a label without a transform.*'b'.*one of a/],
    [() => partition({ 'head.*': adds(1) }).init(params), /parameter 'encoder\.0\.weight' has no group.*Give the pattern '\*' last/],
    [() => partition({ a: adds(1) }, () => 'c').init(params), /has no group.*'c'.*one of a/],
    [() => partition({ a: { ...adds(1), hyperparameters: { 'b.c': 1, c: 1 } }, 'a.b': { ...adds(1), hyperparameters: { c: 1, 'b.c': 1 } } }), /both be named 'a\.b\.c'.*without dots/],
  ])('refuses %s', (make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }));
  });
});

it('freeze makes updates 0', () => {
  expect(once(freeze('encoder.*'))).toEqual([0, 0, 3]);
  expect(once(freeze())).toEqual([0, 0, 0]);
});

describe('accumulate', () => {
  const walk = (optimizer: Optimizer, gradients: readonly number[], ends: readonly number[] = [], losses?: readonly number[]) => {
    let now: { params: Params; state: TransformState } = { params: { w: f64(0) }, state: optimizer.init({ w: f64(0) }) };
    return gradients.map((g, t) => {
      const context = { lastStepOfEpoch: scalar(ends.includes(t), 'bool'), ...(losses && { loss: scalar(losses[t], 'float64') }) };
      now = eagerStep(optimizer, context as never)({ w: f64(g) }, now, t);
      return now.params.w.item();
    });
  };

  it('moves by the mean of each group, at its last step', () => {
    expect(walk(accumulate(sgd({ learningRate: 1 }), { every: 3 }), [3, 6, 9, 1, 1, 4])).toEqual([0, 0, -6, -6, -6, -8]);
  });

  it('applies the group that the end of an epoch cuts short, with the mean over what it has', () => {
    const path = walk(accumulate(sgd({ learningRate: 1 }), { every: 3 }), [3, 6, 9, 2, 4, 6, 6, 6, 8], [4, 8]);
    expect(path).toEqual([0, 0, -6, -6, -9, -9, -9, -15, -23]);
  });

  it('is the optimizer on the means, whatever the groups (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 7 }), (gradients, every, epoch) => {
        const ends = gradients.map((_, t) => t).filter((t) => t % epoch === epoch - 1);
        const means: number[] = [];
        let group: number[] = [];
        gradients.forEach((g, t) => {
          group.push(g);
          if (group.length < every && !ends.includes(t)) return;
          means.push(group.reduce((a, b) => a + b, 0) / group.length);
          group = [];
        });
        const accumulated = walk(accumulate(adam(), { every }), gradients, ends).at(-1)!;
        expect(accumulated).toBeCloseTo(walk(adam(), means).at(-1) ?? 0, 12);
      }),
    );
  });

  it('takes another number of steps from the next step on', () => {
    const optimizer = accumulate(sgd({ learningRate: 1 }), { every: 3 });
    const changing = { ...optimizer, hyperparameters: { ...optimizer.hyperparameters, every: (step: number) => [3, 3, 2, 2, 2, 4, 4, 4, 4][step] } };
    // The first group has three steps when the number falls to two, and ends with them; the last waits for its four.
    expect(walk(changing, [2, 4, 6, 3, 5, 1, 1, 1, 5])).toEqual([0, 0, -4, -4, -8, -8, -8, -8, -10]);
  });

  it('reads schedules once per group', () => {
    const optimizer = accumulate(sgd({ learningRate: (step) => 10 ** step }), { every: 2 });
    expect([0, 1, 2, 3, 4].map(optimizer.hyperparameters!.learningRate as (step: number) => number)).toEqual([1, 1, 10, 10, 100]);
    expect(walk(optimizer, [1, 1, 1, 1])).toEqual([0, -1, -1, -11]);
  });

  it('tells the optimizer the mean loss, and nothing that knows one batch alone', () => {
    const seen: unknown[] = [];
    const inner: GradientTransform = {
      ...sgd(),
      update(gradients, state, _, context) {
        seen.push((context.loss as NDArray).item(), context.evaluate);
        return [gradients, state];
      },
    };
    const optimizer = accumulate(inner, { every: 2 });
    let state = optimizer.init({ w: f64(0) });
    for (const loss of [2, 4, 10]) {
      const context = { hyperparameters: { every: scalar(2) }, loss: scalar(loss, 'float64'), evaluate: () => ({ loss: null, gradients: {} }) };
      [, state] = optimizer.update({ w: f64(1) }, state, {}, context);
    }
    expect(seen).toEqual([2, undefined, 3, undefined, 10, undefined]);
  });

  it('evaluates as its optimizer does', () => {
    const optimizer = accumulate(emaParams(sgd({ learningRate: 1 }), { decay: 0.5 }), { every: 2 });
    const points = descend(optimizer, scalars({ w: 4 }), ({ w }) => w, 4);
    // w: 4, 3, 3, 2; the average moves when w does: 4, 3.5, 3.5, 2.75.
    expect(points.map(({ params: at, state }) => (optimizer.evaluationParams!(at, state).w as NDArray).item())).toEqual([4, 3.5, 3.5, 2.75]);
  });
});

it('lookahead meets its slow weights half way', () => {
  const optimizer = lookahead(sgd({ learningRate: 1 }), { syncPeriod: 2, slowStepSize: 0.25 });
  const points = descend(optimizer, scalars({ w: 0 }), ({ w }) => w, 4);
  // Two steps of -1, then a quarter of the way from 0 to -2; then the same from -0.5.
  expect(points.map(({ params: at }) => at.w.item())).toEqual([-1, -0.5, -1.5, -1]);
  expect(points.map(({ params: at, state }) => (optimizer.evaluationParams!(at, state).w as NDArray).item())).toEqual([0, -0.5, -0.5, -1]);
});

describe('sam', () => {
  it('takes the gradient of where the loss is about the highest', () => {
    // a^2 / 2 + b^2 at (3, -2): the gradient is (3, -4) of norm 5. At p + g / 5 · 0.5 = (3.3, -2.4) it is (3.3, -4.8).
    const loss: Loss = ({ a, b }) => add(multiply(square(a), 0.5), square(b));
    const [{ params: next }] = descend(sam(sgd({ learningRate: 1 }), { rho: 0.5 }), scalars({ a: 3, b: -2 }), loss, 1);
    expect(next.a.item()).toBeCloseTo(3 - 3.3, 11);
    expect(next.b.item()).toBeCloseTo(-2 + 4.8, 11);
  });

  it('stays where the gradient is 0', () => {
    const [{ params: next }] = descend(sam(sgd()), scalars({ a: 1, b: 1 }), rosenbrock, 1);
    expect([next.a.item(), next.b.item()]).toEqual([1, 1]);
  });

  it('names its rho, nested too', () => {
    expect(sam(adam()).hyperparameters).toEqual({ rho: 0.05, learningRate: 0.001 });
    expect(sam(sam(sgd()), { rho: 0.1 }).hyperparameters).toEqual({ 'sam.rho': 0.1, 'inner.rho': 0.05, learningRate: 0.01 });
  });
});

it.each<[string, () => Optimizer]>([
  ['sam', () => sam(sgd())],
  ['backtrackingLinesearch', () => lbfgs({ linesearch: 'backtracking' })],
  ['zoomLinesearch', () => lbfgs()],
])('%s says that it must evaluate', (name, make) => {
  const optimizer = make();
  const context = { hyperparameters: hyperparametersAt(optimizer, 0), loss: scalar(1) };
  const message = expect.stringMatching(`${name} needs \`evaluate\`.*autodiff`);
  expect(() => optimizer.update(params, optimizer.init(params), params, context)).toThrow(expect.objectContaining({ code: 'MISSING_CONTEXT', message }));
});

it('reduceOnPlateau and line searches say that they need a loss', () => {
  const message = expect.stringMatching(/reduceOnPlateau needs `loss`.*reports its loss/);
  expect(() => once(reduceOnPlateau())).toThrow(expect.objectContaining({ code: 'MISSING_CONTEXT', message }));
  const context = { hyperparameters: hyperparametersAt(lbfgs(), 0, 'float64'), loss: scalar(1, 'float64'), evaluate: (p: TensorParams) => ({ loss: null, gradients: p }) };
  expect(() => lbfgs().update(params, lbfgs().init(params), params, context)).toThrow(expect.objectContaining({ code: 'MISSING_CONTEXT' }));
});

describe('scheduleFree', () => {
  it('evaluates at the mean of what its optimizer visits', () => {
    // Constant gradients 1 at rate 1: z = -1, -2, -3; x is their mean, -1, -1.5, -2; y = 0.25 z + 0.75 x.
    const optimizer = scheduleFree(sgd({ learningRate: 1 }), { b1: 0.75 });
    const points = descend(optimizer, scalars({ w: 0 }), ({ w }) => w, 3);
    const evaluated = points.map(({ params: at, state }) => (optimizer.evaluationParams!(at, state).w as NDArray).item());
    evaluated.forEach((x, i) => expect(x).toBeCloseTo([-1, -1.5, -2][i], 13));
    points.forEach(({ params: at }, i) => expect(at.w.item()).toBeCloseTo([-1, -1.625, -2.25][i], 13));
  });

  it('is where it began before the first step, and at a rate of 0', () => {
    const optimizer = scheduleFree(sgd({ learningRate: 0 }));
    const start = scalars({ w: 3 });
    expect((optimizer.evaluationParams!(start, optimizer.init(start)).w as NDArray).item()).toBeCloseTo(3, 14);
    const [{ params: next }] = descend(optimizer, start, ({ w }) => w, 1);
    expect(next.w.item()).toBeCloseTo(3, 14);
  });

  it('needs a learning rate to weigh by', () => {
    expect(() => scheduleFree(adds(1))).toThrow(/optimizer 'adds' does not have.*'learningRate'/);
  });
});

it('emaParams trails the parameters', () => {
  const optimizer = emaParams(sgd({ learningRate: 1 }), { decay: 0.75 });
  const points = descend(optimizer, scalars({ w: 8 }), ({ w }) => multiply(w, 4), 2);
  // w: 8, 4, 0. Average: 8, 0.75 · 8 + 0.25 · 4 = 7, 0.75 · 7 = 5.25.
  expect(points.map(({ params: at, state }) => [at.w.item(), (optimizer.evaluationParams!(at, state).w as NDArray).item()])).toEqual([[4, 7], [0, 5.25]]);
});

it('a chain hands evaluation on', () => {
  const optimizer = chain(momentumTrace({ decay: 0.5 }), emaParams(sgd({ learningRate: 1 }), { decay: 0.5 }));
  const [{ params: at, state }] = descend(optimizer, scalars({ w: 1 }), ({ w }) => w, 1);
  expect((optimizer.evaluationParams!(at, state).w as NDArray).item()).toBe(0.5);
  expect(chain(sgd(), sgd()).evaluationParams).toBeUndefined();
});

it('conditionallyTransform lets the others through and keeps the state', () => {
  const transform = conditionallyTransform(momentumTrace({ decay: 0.5 }), (step) => greater(step, 0));
  let state = transform.init({ w: f64(0) });
  const seen = [8, 8, 8].map((g) => {
    const [updates, next] = transform.update({ w: f64(g) }, state, {}, { hyperparameters: {} });
    state = next;
    return numbers(updates.w)[0];
  });
  expect(seen).toEqual([8, 8, 12]);
});

describe('backtrackingLinesearch', () => {
  const parabola: Loss = ({ w }) => square(w);
  const stepSizes = (options: object, start: number, loss = parabola, steps = 1): number[] =>
    descend(backtrackingLinesearch(sgd({ learningRate: 1 }), options), scalars({ w: start }), loss, steps).map(({ state }) => (state.stepSize as NDArray).item());

  it('halves until the loss falls enough', () => {
    // From w = 1 the direction is -2: a step of 1 leads to -1 and leaves the loss as it is, half of it to the minimum.
    const [{ params: at }] = descend(backtrackingLinesearch(sgd({ learningRate: 1 }), { decreaseFactor: 0.5 }), scalars({ w: 1 }), parabola, 1);
    expect(at.w.item()).toBe(0);
  });

  it('begins the next search above the last step size, up to the greatest', () => {
    const flat: Loss = ({ w }) => multiply(w, -1);
    expect(stepSizes({ decreaseFactor: 0.5, increaseFactor: 3, maxStepSize: 4 }, 1)).toEqual([0.5]);
    expect(stepSizes({ maxStepSize: 4 }, 0, flat, 2)).toEqual([4, 4]);
  });

  it('tries no more than it may, and takes no step into what is not finite', () => {
    const wall: Loss = ({ w }) => where(less(w, 1), scalar(NaN, 'float64'), w);
    const optimizer = backtrackingLinesearch(sgd({ learningRate: 1 }), { maxTrials: 3, decreaseFactor: 0.5 });
    const [{ params: at, state }] = descend(optimizer, scalars({ w: 1 }), wall, 1);
    expect([at.w.item(), (state.stepSize as NDArray).item()]).toEqual([1, 0.25]);
  });
});

describe('zoomLinesearch', () => {
  const gradientDescent = (options: object): Optimizer => zoomLinesearch(sgd({ learningRate: 1 }), options);
  const reach = (loss: Loss, start: number, options: object = {}): number => descend(gradientDescent(options), scalars({ w: start }), loss, 1)[0].params.w.item();

  it('meets the conditions of Wolfe wherever it begins (property)', () => {
    const position = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(position, position, fc.double({ min: -3, max: 2, noNaN: true }), fc.constantFrom(0.9, 0.5, 0.1), (a, b, exponent, curvRtol) => {
        const optimizer = gradientDescent({ curvRtol, initialStepSize: 10 ** exponent, maxTrials: 60 });
        const [{ params: next }] = descend(optimizer, scalars({ a, b }), rosenbrock, 1, { eager: true });
        // f = (1 - a)^2 + 10 (b - a^2)^2 and its gradient, in plain numbers.
        const f = (x: number, y: number): number => (1 - x) ** 2 + 10 * (y - x * x) ** 2;
        const g = (x: number, y: number): number[] => [-2 * (1 - x) - 40 * x * (y - x * x), 20 * (y - x * x)];
        const [x, y] = [next.a.item(), next.b.item()];
        const gradient = g(a, b);
        const squared = gradient[0] ** 2 + gradient[1] ** 2;
        fc.pre(squared > 1e-6);
        const t = ((a - x) * gradient[0] + (b - y) * gradient[1]) / squared;
        const slope = -(g(x, y)[0] * gradient[0] + g(x, y)[1] * gradient[1]);
        expect(t).toBeGreaterThan(0);
        expect(f(x, y)).toBeLessThanOrEqual(f(a, b) - 1e-4 * t * squared + 1e-12);
        expect(Math.abs(slope)).toBeLessThanOrEqual(curvRtol * squared * (1 + 1e-9));
      }),
    );
  });

  it('doubles until it has an interval, then goes to the minimum of a parabola at once', () => {
    // (w - 8)^2 / 32 from 0: the direction is 0.5, so that t = 16 is the minimum; 1, 2, 4, ... lie before it, and a slope of 0.1 is left from 14.4 on.
    const wide: Loss = ({ w }) => multiply(square(subtract(w, 8)), 1 / 32);
    expect(reach(wide, 0, { curvRtol: 0.1 })).toBe(8);
    // From 0 with steps of 12, 24: the second is beyond 16, and the parabola through both is the loss itself.
    expect(reach(wide, 0, { curvRtol: 0.1, initialStepSize: 12 })).toBeCloseTo(8, 12);
  });

  it('keeps within its greatest step size and its trials', () => {
    expect(reach(({ w }) => w, 0, { maxStepSize: 6 })).toBe(-6);
    expect(reach(({ w }) => w, 0, { maxTrials: 3 })).toBe(-4);
  });

  it('turns back from what is not finite, and stays where nothing is better', () => {
    const wall: Loss = ({ w }) => where(less(w, -0.5), scalar(NaN, 'float64'), w);
    expect(reach(wall, 0)).toBeLessThan(-0.2);
    expect(reach(wall, 0)).toBeGreaterThanOrEqual(-0.5);
    const pit: Loss = ({ w }) => where(less(w, 1), scalar(NaN, 'float64'), w);
    expect(reach(pit, 1)).toBe(1);
    expect(reach(({ w }) => square(w), 0)).toBe(0);
  });
});

describe('scaleByLbfgs', () => {
  const diagonal = (scales: readonly number[]): Loss => ({ x }) => multiply(sum(multiply(square(x), f64(...scales))), 0.5);

  it('gives the step of Newton once it has seen every direction', () => {
    // With as many exact line searches as dimensions, the estimate of a quadratic is its inverse Hessian: here by the formula of BFGS.
    const scales = [1, 10];
    const transform = scaleByLbfgs({ memorySize: 5 });
    let state = transform.init({ x: f64(0, 0) });
    const points = [[1, 1], [0.5, 0.8], [0.9, -0.3], [-0.4, 0.2]];
    let inverse = [[1, 0], [0, 1]];
    let direction: number[] = [];
    points.forEach((point, t) => {
      const g = point.map((p, i) => p * scales[i]);
      const [updates, next] = transform.update({ x: f64(...g) }, state, { x: f64(...point) }, { hyperparameters: {} });
      [state, direction] = [next, numbers(updates.x)];
      if (t === 0) return;
      // All pairs so far, oldest first, on the scaled identity of the newest: H' = (I - r s yᵀ) H (I - r y sᵀ) + r s sᵀ.
      const pairs = points.slice(1, t + 1).map((p, k) => {
        const s = p.map((v, i) => v - points[k][i]);
        return { s, y: s.map((v, i) => v * scales[i]) };
      });
      const dot = (a: number[], b: number[]): number => a.reduce((total, v, i) => total + v * b[i], 0);
      const { s: s1, y: y1 } = pairs.at(-1)!;
      inverse = [0, 1].map((i) => [0, 1].map((j) => (i === j ? dot(s1, y1) / dot(y1, y1) : 0)));
      for (const { s, y } of pairs) {
        const r = 1 / dot(s, y);
        const left = [0, 1].map((i) => [0, 1].map((j) => (i === j ? 1 : 0) - r * s[i] * y[j]));
        const half = [0, 1].map((i) => [0, 1].map((j) => left[i][0] * inverse[0][j] + left[i][1] * inverse[1][j]));
        inverse = [0, 1].map((i) => [0, 1].map((j) => half[i][0] * left[j][0] + half[i][1] * left[j][1] + r * s[i] * s[j]));
      }
      direction.forEach((d, i) => expect(d).toBeCloseTo(dot(inverse[i], g), 12));
    });
  });

  it('forgets the oldest, and leaves out what bends the wrong way', () => {
    const transform = scaleByLbfgs({ memorySize: 2 });
    let state = transform.init({ x: f64(0) });
    const rhos: number[][] = [];
    // Pairs (s, y): (1, 2), (1, -1) left out, (1, 4), (2, 1).
    for (const [x, g] of [[0, 0], [1, 2], [2, 1], [3, 5], [5, 6]]) {
      [, state] = transform.update({ x: f64(g) }, state, { x: f64(x) }, { hyperparameters: {} });
      rhos.push(numbers(state.rho));
    }
    expect(rhos).toEqual([[0, 0], [0, 0.5], [0, 0.5], [0.5, 0.25], [0.25, 0.5]]);
  });

  it('lbfgs solves a quadratic of any curvatures in few steps (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: 3, maxLength: 3 }), (scales) => {
        const { params: at } = descend(lbfgs(), { x: f64(1, -2, 3) }, diagonal(scales), 30).at(-1)!;
        numbers(at.x).forEach((v) => expect(Math.abs(v)).toBeLessThan(1e-5));
      }),
      { numRuns: 25 },
    );
  });
});

it.each<[() => unknown, RegExp]>([
  [() => chain(adam as never), /Place 0 of chain needs an optimizer.*the function 'adam'.*Call it: adam\(\)/],
  [() => partition({ a: sgd(), b: {} as never }), /Label 'b' of partition needs an optimizer/],
  [() => lookahead({ syncPeriod: 3 } as never), /lookahead needs an optimizer.*init and update/],
  [() => emaParams(undefined as never), /emaParams needs an optimizer.*undefined/],
  [() => conditionallyTransform(sgd(), true as never), /'condition' of conditionallyTransform .*a function/],
  [() => accumulate(sgd(), {} as never), /accumulate needs the option 'every'/],
  [() => accumulate(accumulate(sgd(), { every: 2 }), { every: 2 }), /cannot wrap 'accumulate\(sgd\)'.*Accumulate once/],
  [() => accumulate(sgd(), { every: 0 }), /'every' of accumulate .*0/],
  [() => backtrackingLinesearch(sgd(), { decreaseFactor: 1 }), /'decreaseFactor' of backtrackingLinesearch .*1.*below 1/],
  [() => backtrackingLinesearch(sgd(), { increaseFactor: 0.5 }), /'increaseFactor' of backtrackingLinesearch .*0\.5/],
  [() => emaParams(sgd(), { decay: 1 }), /'decay' of emaParams .*1/],
  [() => freeze(''), /'pattern' of freeze .*''.*encoder/],
  [() => lbfgs({ memorySize: 0 }), /'memorySize' of lbfgs .*0/],
  [() => lbfgs({ linesearch: 'wolfe' as never }), /'linesearch' of lbfgs .*'wolfe'.*'zoom', 'backtracking', or null/],
  [() => lookahead(sgd(), { syncPeriod: 0 }), /'syncPeriod' of lookahead .*0/],
  [() => lookahead(sgd(), { slowStepSize: 2 }), /'slowStepSize' of lookahead .*2/],
  [() => masked(sgd(), []), /'mask' of masked .*encoder/],
  [() => reduceOnPlateau({ factor: 1 }), /'factor' of reduceOnPlateau .*1/],
  [() => reduceOnPlateau({ rate: 1 } as never), /reduceOnPlateau has no option 'rate'/],
  [() => sam(sgd(), { rho: -1 }), /'rho' of sam .*-1/],
  [() => zoomLinesearch(sgd(), { slopeRtol: 0.5, curvRtol: 0.1 }), /'slopeRtol' of zoomLinesearch .*0\.5.*at most 0\.1/],
  [() => zoomLinesearch(sgd(), { initialStepSize: 2, maxStepSize: 1 }), /'maxStepSize' of zoomLinesearch .*1.*at least 2/],
  [() => scheduleFree(sgd(), { b1: 0 }), /'b1' of scheduleFree .*0.*above 0/],
])('options out of range: %s', (make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }));
});
