import type { GradientTransform, TensorParams, TransformState } from '@gradus/core';
import { add, asarray, cast, divide, multiply, negative, NDArray, sqrt, zeros, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { optimizerChecks } from './index.js';
import { failures, findsFailure } from '../test/failures.js';

const map = (params: TensorParams, fn: (tensor: Tensor, name: string) => Tensor): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(params).map(([name, tensor]) => [name, fn(tensor, name)]));

/** Gradient descent with momentum, done right. */
const good = (): GradientTransform => ({
  name: 'momentum',
  hyperparameters: { learningRate: 0.001, friction: () => 0.9 },
  init: (params) => ({ trace: map(params, ({ shape, dtype }) => zeros(shape, dtype)) }),
  update(gradients, state, _params, { hyperparameters: { learningRate, friction } }) {
    const trace = map(gradients, (g, name) => add(g, multiply((state.trace as TensorParams)[name], cast(friction, g.dtype))));
    return [map(trace, (v) => negative(multiply(v, cast(learningRate, v.dtype)))), { trace }];
  },
});

describe('a good optimizer passes', () => {
  const convergence = { steps: 1200, logistic: { hyperparameters: { learningRate: 0.1, friction: 0.5 }, steps: 600, reduction: 1e-3 } };
  for (const { name, run } of optimizerChecks(good, { convergence })) it(name, run);
});

it('a rate that the optimizer does not have is a mistake of the one who asks', async () => {
  const checks = optimizerChecks(good, { convergence: { rosenbrock: { hyperparameters: { rate: 1 } } } });
  expect(await failures(checks.filter(({ name }) => name.includes('Rosenbrock')))).toEqual([expect.stringMatching(/'momentum' has no hyperparameter 'rate' to set/)]);
});

describe('a transform that is no optimizer passes without convergence', () => {
  const halve = (): GradientTransform => ({ name: 'halve', init: () => ({}), update: (gradients, state) => [map(gradients, (g) => multiply(g, 0.5)), state] });
  for (const { name, run } of optimizerChecks(halve, { convergence: false })) it(name, run);
  it('and fails with it: it goes uphill', async () => {
    const targets = ['a quadratic', 'an ill-conditioned quadratic', "Rosenbrock's valley", 'a logistic regression'];
    const messages = targets.map((target) => expect.stringMatching(`^goes down ${target}: After 1000 steps the loss of 'halve'`));
    expect(await failures(optimizerChecks(halve))).toEqual(messages);
  });
});

type Update = GradientTransform['update'];
const altered = (change: (update: Update) => Partial<GradientTransform>) => (): GradientTransform => ({ ...good(), ...change(good().update) });

describe('broken optimizers are caught', () => {
  let calls = 0;
  const cases: [string, () => GradientTransform, RegExp][] = [
    ['no name', altered(() => ({ name: '' })), /needs a name/],
    ['no update', altered(() => ({ update: undefined as never })), /needs the functions init and update/],
    ['a rate that is NaN', altered(() => ({ hyperparameters: { learningRate: NaN, friction: 0 } })), /'learningRate' of 'momentum' is NaN at step 0/],
    ['a negative rate', altered(() => ({ hyperparameters: { learningRate: -1, friction: 0 } })), /is -1 at step 0/],
    ['a schedule that ends', altered(() => ({ hyperparameters: { learningRate: (step) => 1 / (1000 - step), friction: 0 } })), /is Infinity at step 1000/],
    ['a schedule that gives nothing', altered(() => ({ hyperparameters: { learningRate: () => undefined as never, friction: 0 } })), /is undefined at step 0/],
    ['forgets a parameter', altered((update) => ({ update: (...args) => { const [{ scale: _, ...updates }, s] = update(...args); return [updates, s]; } })), /update: the names differ/],
    ['flattens a shape', altered((update) => ({ update: (...args) => { const [u, s] = update(...args); return [{ ...u, scale: add(u.scale, zeros([1], u.scale.dtype)) }, s]; } })), /update 'scale': received float32\[1\], expected float32\[\]/],
    ['changes a type', altered((update) => ({ update: (...args) => { const [u, s] = update(...args); return [map(u, (t) => cast(t, 'float32')), s]; } })), /keep names, types and shapes, float64: .*received float32/],
    ['does not cast its rate', altered(() => ({ update: (g, s, _p, { hyperparameters: h }) => [map(g, (t) => negative(multiply(t, h.learningRate))), s] })), /mixed: .*different element types/],
    ['grows its state', altered((update) => ({ update: (...args) => { const [u, s] = update(...args); return [u, { ...s, extra: asarray(1) }]; } })), /state: the names differ/],
    ['nests its state deeper', altered((update) => ({ update: (g, s, p, c) => { const [u] = update(g, { trace: ((s.trace as TransformState).in ?? s.trace) as TransformState }, p, c); return [u, { trace: { in: s.trace } }]; } })), /state: the names differ/],
    ['reads a value while traced', altered(() => ({ update: (g, s, _p, { hyperparameters: h }) => [map(g, (t) => multiply(t, -(h.learningRate as NDArray).item())), s] })), /traced once is eager.*item is not a function/],
    ['reads the data of arrays', altered(() => ({ update: (g, s) => [map(g, (t) => (t instanceof NDArray ? negative(t) : t)), s] })), /traced once is eager.*expected the bits of/],
    ['draws random numbers', altered((update) => ({ update: (...args) => { const [u, s] = update(...args); return [map(u, (t) => multiply(t, 1 + 0.01 * calls++)), s]; } })), /^the same inputs give the same bits twice/],
    ['writes to the gradients', altered((update) => ({ update: (g, ...rest) => { for (const t of Object.values(g)) if (t instanceof NDArray) t.data.fill(0 as never); return update(g, ...rest); } })), /A gradient was changed at 'layer\.weight'/],
    ['writes to its state', altered((update) => ({ update: (g, s, p, c) => { const [u, next] = update(g, s, p, c); const [a, b] = [(s.trace as TensorParams).scale, (next.trace as TensorParams).scale]; if (a instanceof NDArray && b instanceof NDArray) a.data.set(b.data as never); return [u, next]; } })), /The state was changed at 'trace\.scale'/],
    ['changes its state in place', altered((update) => ({ update: (g, s, p, c) => { const [u, next] = update(g, s, p, c); Object.assign(s, { n: asarray(1) }); return [u, { ...next }]; } })), /The state gained or lost names/],
    ['counts by itself', () => { let t = 0; return { ...good(), update: (...args) => { const [u, s] = good().update(...args); t++; return [map(u, (x) => divide(x, t)), s]; } }; }, /^keeps no state outside/],
    ['takes the rate of the first step for good', () => { const { update, ...rest } = good(); let first: Tensor | undefined; return { ...rest, hyperparameters: { learningRate: (step) => 0.05 / (step + 1), friction: 0 }, update: (g, s, p, { hyperparameters: h }) => update(g, s, p, { hyperparameters: { ...h, learningRate: first ??= h.learningRate } }) }; }, /^(traced once|fused|keeps no state)/],
    ['divides by zero', altered(() => ({ update: (g, s, _p, { hyperparameters: h }) => [map(g, (t) => negative(multiply(divide(t, sqrt(multiply(t, t))), cast(h.learningRate, t.dtype)))), s] })), /With gradients of size 0 in float32, 'layer\.weight' becomes NaN/],
    ['uses what is not its own', altered((update) => ({ update: (g, s, p, c) => { const [u, n] = update(g, s, p, c); return [map(u, (t) => Object.values(c.hyperparameters).reduce<Tensor>((x, h) => add(x, multiply(cast(h, x.dtype), 0)), t)), n]; } })), /^ignores what it is told.*NaN/],
    ['goes uphill', altered((update) => ({ update: (...args) => { const [u, s] = update(...args); return [map(u, negative), s]; } })), /^goes down a quadratic/],
    ['stands still', altered((update) => ({ update: (...args) => { const [u, s] = update(...args); return [map(u, (t) => multiply(t, 0)), s]; } })), /^goes down a quadratic/],
  ];

  it.each(cases)('%s', async (_name, make, message) => {
    expect(await findsFailure(optimizerChecks(make), message)).toBe(true);
  });
});
