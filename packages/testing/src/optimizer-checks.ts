/** What every optimizer must do: pure functions that keep names, shapes and types, work traced and eager alike, and go downhill. */
import assert from 'node:assert/strict';
import type { GradientTransform, Params, TensorParams, TransformState } from '@gradus/core';
import {
  add,
  asarray,
  flatten,
  isTensor,
  jsEngine,
  NDArray,
  multiply,
  scalar,
  subtract,
  sum,
  trace,
  type DType,
  type Tensor,
  type TensorSpec,
} from '@gradus/graph';
import { withExceptions, type Check, type Exceptions } from './check.js';
import { assertSameSpec, assertSameTree, watch } from './compare.js';

export interface OptimizerCheckOptions {
  /**
   * How far it must get on a quadratic with curvatures 0.5 to 2, from 0.5 off the minimum in each of 6 directions: after `steps` (default
   * 1000) the loss must be below `reduction` (default 0.01) of the first. `false` for a transform that is no optimizer, such as clipping.
   */
  readonly convergence?: { readonly steps?: number; readonly reduction?: number } | false;
  readonly exceptions?: Exceptions;
}

/**
 * Checks of an optimizer, or of a gradient transform. `make` is called once per check.
 *
 * @example
 * for (const { name, run } of optimizerChecks(() => adam())) it(name, run);
 */
export function optimizerChecks(make: () => GradientTransform, { convergence = {}, exceptions }: OptimizerCheckOptions = {}): Check[] {
  const perType = (['float32', 'float64', 'mixed'] as const).flatMap((kind): Check[] => [
    { name: `updates and state keep names, types and shapes, ${kind}`, run: () => checkForm(make(), kind) },
    { name: `traced is eager, bit for bit, over five steps, ${kind}`, run: () => checkTraced(make, kind) },
  ]);
  const checks: Check[] = [
    { name: 'has a name, init and update', run: () => checkMembers(make()) },
    { name: 'hyperparameters are finite and not negative, at every step', run: () => checkHyperparameters(make()) },
    ...perType,
    { name: 'the same inputs give the same bits twice', run: () => checkDeterminism(make) },
    { name: 'inputs stay as they are', run: () => checkPurity(make()) },
    { name: 'keeps no state outside of its state', run: () => checkStateless(make()) },
    { name: 'stays finite with gradients of zero, tiny and large', run: () => checkFinite(make()) },
    { name: 'ignores what it is told beyond its needs', run: () => checkExtras(make()) },
    ...(convergence === false ? [] : [{ name: 'goes down a quadratic', run: () => checkConvergence(make(), convergence) }]),
  ];
  return withExceptions(checks, exceptions);
}

type Kind = 'float32' | 'float64' | 'mixed';

/** Parameters of several ranks and dotted names; in `mixed` the types alternate. */
function makeParams(kind: Kind, phase = 0): Params {
  const type = (i: number): DType => (kind === 'mixed' ? (i % 2 === 0 ? 'float32' : 'float64') : kind);
  const wave = (i: number, shape: readonly number[]): NDArray => {
    const size = shape.reduce((a, b) => a * b, 1);
    return asarray(
      asarray(
        Array.from({ length: size }, (_, j) => Math.sin(1 + phase + 7 * i + j)),
        { dtype: 'float64' },
      ),
      { dtype: type(i), shape },
    );
  };
  return { 'layer.weight': wave(0, [2, 3]), 'layer.bias': wave(1, [3]), scale: wave(2, []), single: wave(3, [1, 1, 1]) };
}

const scalarType = (params: Params): DType => (Object.values(params).some(({ dtype }) => dtype === 'float64') ? 'float64' : 'float32');

/** The hyperparameters of a step as the trainer hands them over. */
function scalarsAt({ hyperparameters = {} }: GradientTransform, step: number, dtype: DType): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(hyperparameters).map(([name, value]) => [name, scalar(typeof value === 'function' ? value(step) : value, dtype)]),
  );
}

const nameOf = ({ name }: GradientTransform): string => `'${name}'`;

function checkMembers(transform: GradientTransform): void {
  const { name, init, update } = transform;
  assert.ok(typeof name === 'string' && name !== '', `An optimizer needs a name. Received: ${String(name)}.`);
  assert.ok(typeof init === 'function' && typeof update === 'function', `${nameOf(transform)} needs the functions init and update.`);
}

function checkHyperparameters(transform: GradientTransform): void {
  for (const [name, value] of Object.entries(transform.hyperparameters ?? {})) {
    for (const step of [0, 1, 2, 10, 1000, 1_000_000]) {
      const number: unknown = typeof value === 'function' ? value(step) : value;
      assert.ok(
        typeof number === 'number' && Number.isFinite(number) && number >= 0,
        `Hyperparameter '${name}' of ${nameOf(transform)} is ${String(number)} at step ${step}. Expected a finite number of 0 or more.`,
      );
    }
  }
}

type Step = readonly [updates: TensorParams, state: TransformState];

function stepOf(transform: GradientTransform, gradients: Params, state: TransformState, params: Params, step = 0): Step {
  const dtype = scalarType(params);
  return transform.update(gradients, state, params, { hyperparameters: scalarsAt(transform, step, dtype), loss: scalar(1.5, dtype) });
}

function assertSameForm(actual: unknown, expected: unknown, what: string): void {
  const [a, e] = [flatten<TensorSpec>(actual), flatten<TensorSpec>(expected)];
  const names = (list: typeof a): string[] => list.map(({ path }) => path).sort();
  assert.deepEqual(names(a), names(e), `${what}: the names differ.`);
  const byPath = new Map(a.map(({ path, leaf }) => [path, leaf]));
  for (const { path, leaf } of e) assertSameSpec(byPath.get(path), leaf, `${what} '${path}'`);
}

function checkForm(transform: GradientTransform, kind: Kind): void {
  const params = makeParams(kind);
  let state = transform.init(params);
  flatten(state);
  for (let step = 0; step < 3; step++) {
    const [updates, next] = stepOf(transform, makeParams(kind, step + 1), state, params, step);
    assertSameForm(updates, params, `Step ${step}, update`);
    assertSameForm(next, state, `Step ${step}, state`);
    state = next;
  }
}

/** Five steps, eager or traced; gives back the updates and the state of each. */
async function fiveSteps(transform: GradientTransform, kind: Kind, traced: boolean): Promise<Step[]> {
  let params = makeParams(kind);
  let state = transform.init(params);
  const dtype = scalarType(params);
  const steps: Step[] = [];
  for (let step = 0; step < 5; step++) {
    const gradients = makeParams(kind, step + 1);
    const scalars = scalarsAt(transform, step, dtype);
    const loss = scalar(1 / (step + 1), dtype);
    if (traced) {
      const { graph, unflatten } = trace(
        ((g: TensorParams, s: TransformState, p: TensorParams, h: Record<string, Tensor>, l: Tensor) =>
          transform.update(g, s, p, { hyperparameters: h, loss: l })) as never,
        gradients as never,
        state as never,
        params as never,
        scalars as never,
        loss as never,
      );
      const inputs = [gradients, state, params, scalars, loss].flatMap((tree) => flatten<NDArray>(tree).map(({ leaf }) => leaf));
      const executable = await jsEngine.compile(graph);
      steps.push(unflatten(await executable.run(inputs)) as unknown as Step);
    } else {
      steps.push(transform.update(gradients, state, params, { hyperparameters: scalars, loss }));
    }
    const [updates, next] = steps[step];
    for (const { path, leaf } of flatten<Tensor>(updates))
      assert.ok(leaf instanceof NDArray, `Update '${path}' is a symbol although everything given was an array.`);
    params = Object.fromEntries(Object.entries(params).map(([name, array]) => [name, add(array, updates[name]) as NDArray]));
    state = next;
  }
  return steps;
}

async function checkTraced(make: () => GradientTransform, kind: Kind): Promise<void> {
  const eager = await fiveSteps(make(), kind, false);
  const traced = await fiveSteps(make(), kind, true);
  eager.forEach(([updates, state], i) => {
    assertSameTree(traced[i][0], updates, `Step ${i}, update`);
    assertSameTree(traced[i][1], state, `Step ${i}, state`);
  });
}

async function checkDeterminism(make: () => GradientTransform): Promise<void> {
  const [first, second] = [await fiveSteps(make(), 'float32', false), await fiveSteps(make(), 'float32', false)];
  first.forEach(([updates, state], i) => {
    assertSameTree(second[i][0], updates, `Step ${i} again, update`);
    assertSameTree(second[i][1], state, `Step ${i} again, state`);
  });
}

function checkPurity(transform: GradientTransform): void {
  const params = makeParams('float32');
  const unchangedByInit = watch(params, 'A parameter');
  let state = transform.init(params);
  unchangedByInit();
  for (let step = 0; step < 3; step++) {
    const gradients = makeParams('float32', step + 1);
    const unchanged = [watch(params, 'A parameter'), watch(gradients, 'A gradient'), watch(state, 'The state')];
    const names = JSON.stringify(shapeOf(state));
    const [, next] = stepOf(transform, gradients, state, params, step);
    for (const check of unchanged) check();
    assert.equal(JSON.stringify(shapeOf(state)), names, 'The state gained or lost names: return a new one instead.');
    state = next;
  }
}

const shapeOf = (tree: unknown): unknown =>
  isTensor(tree) ? 0 : Object.fromEntries(Object.entries(tree as object).map(([key, value]) => [key, shapeOf(value)]));

/** A step done again after other steps gives the same: what it remembers is in the state alone. */
function checkStateless(transform: GradientTransform): void {
  const [params, gradients] = [makeParams('float64'), makeParams('float64', 1)];
  const state = transform.init(params);
  const [first, next] = stepOf(transform, gradients, state, params);
  stepOf(transform, makeParams('float64', 2), next, params, 1);
  transform.init(makeParams('float64', 3));
  const [again] = stepOf(transform, gradients, state, params);
  assertSameTree(again, first, 'The first step done again, update');
}

function checkFinite(transform: GradientTransform): void {
  for (const dtype of ['float32', 'float64'] as const) {
    const params = makeParams(dtype);
    for (const size of [0, 1e-20, 1e9]) {
      const gradients = Object.fromEntries(Object.entries(params).map(([name, array]) => [name, multiply(array, size) as NDArray]));
      let state = transform.init(params);
      for (let step = 0; step < 3; step++) {
        const [updates, next] = stepOf(transform, gradients, state, params, step);
        for (const { path, leaf } of [...flatten<NDArray>(updates), ...flatten<NDArray>(next)]) {
          const bad = [...leaf.data].find((value) => !Number.isFinite(Number(value)));
          assert.ok(bad === undefined, `With gradients of size ${size} in ${dtype}, '${path}' becomes ${String(bad)} at step ${step}.`);
        }
        state = next;
      }
    }
  }
}

function checkExtras(transform: GradientTransform): void {
  const [params, gradients] = [makeParams('float32'), makeParams('float32', 1)];
  const hyperparameters = scalarsAt(transform, 0, 'float32');
  const loss = scalar(1.5);
  const state = transform.init(params);
  const [expected] = transform.update(gradients, state, params, { hyperparameters, loss });
  const more = { hyperparameters: { ...hyperparameters, 'somebody.elses': scalar(NaN) }, loss, curvature: scalar(NaN) };
  const [actual] = transform.update(gradients, state, params, more);
  assertSameTree(actual, expected, 'With further values in the context, update');
}

function checkConvergence(
  transform: GradientTransform,
  { steps = 1000, reduction = 0.01 }: { readonly steps?: number; readonly reduction?: number },
): void {
  const target = asarray([1, -2, 0.5, 3, -0.25, 2], { dtype: 'float64' });
  const curvature = asarray([0.5, 0.8, 1, 1.2, 1.5, 2], { dtype: 'float64' });
  const start = add(target, asarray([0.5, -0.5, 0.5, 0.5, -0.5, -0.5], { dtype: 'float64' })) as NDArray;
  let params: Params = { x: start };
  let state = transform.init(params);
  const lossAt = ({ x }: Params): number => {
    const off = subtract(x, target);
    return (sum(multiply(multiply(off, off), multiply(curvature, 0.5))) as NDArray).item();
  };
  const first = lossAt(params);
  for (let step = 0; step < steps; step++) {
    const gradients = { x: multiply(curvature, subtract(params.x, target)) as NDArray };
    const context = { hyperparameters: scalarsAt(transform, step, 'float64'), loss: scalar(lossAt(params), 'float64') };
    const [updates, next] = transform.update(gradients, state, params, context);
    params = { x: add(params.x, updates.x) as NDArray };
    state = next;
  }
  const last = lossAt(params);
  assert.ok(
    last < first * reduction,
    `After ${steps} steps the loss of ${nameOf(transform)} went from ${first} to ${last}. Expected less than ${first * reduction}.`,
  );
}
