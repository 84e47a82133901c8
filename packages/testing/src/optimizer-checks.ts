/** What every optimizer must do: pure functions that keep names, shapes and types, work traced and eager alike, and go downhill. */
import assert from 'node:assert/strict';
import type { GradientTransform, Params, TransformState } from '@gradus/core';
import { flatten, isTensor, NDArray, multiply, scalar, mapTree, type DType, type TensorSpec } from '@gradus/graph';
import { withExceptions, type Check, type Exceptions } from './check.js';
import { assertSameSpec, assertSameTree, watch } from './compare.js';
import { checkConvergence, compiledStepOn, startOf, stepOn, targets, type Convergence, type TargetName } from './optimizer-targets.js';
import {
  compiledUpdate,
  eagerUpdate,
  contextOf,
  inOrderOf,
  makeParams,
  scalarType,
  toldAt,
  walk,
  type Kind,
  type Step,
  type Told,
} from './optimizer-walk.js';

export interface OptimizerCheckOptions {
  /**
   * How far it must get on four targets: a quadratic of curvatures 0.5 to 2, one of 0.1 to 10, Rosenbrock's valley, and a logistic
   * regression on data that no line separates. What is given for all holds where a target has nothing of its own. `false` for a
   * transform that is no optimizer, such as clipping.
   */
  readonly convergence?: (Convergence & Partial<Readonly<Record<TargetName, Convergence>>>) | false;
  readonly exceptions?: Exceptions;
}

/**
 * Checks of an optimizer, or of a gradient transform. `make` is called once or twice per check.
 *
 * @example
 * for (const { name, run } of optimizerChecks(() => adam())) it(name, run);
 * @example
 * optimizerChecks(() => lion(), { convergence: { steps: 2000, rosenbrock: { hyperparameters: { learningRate: 1e-3 } } } });
 */
export function optimizerChecks(make: () => GradientTransform, { convergence = {}, exceptions }: OptimizerCheckOptions = {}): Check[] {
  const perType = (['float32', 'float64', 'mixed'] as const).flatMap((kind): Check[] => [
    { name: `updates and state keep names, types and shapes, ${kind}`, run: () => checkForm(make(), kind) },
    { name: `traced once is eager, bit for bit, over five steps, ${kind}`, run: () => checkTraced(make, kind) },
    { name: `goes on with the same bits after its state was saved and restored, ${kind}`, run: () => checkRestored(make, kind) },
  ]);
  const checks: Check[] = [
    { name: 'has a name, init and update', run: () => checkMembers(make()) },
    { name: 'hyperparameters are finite and not negative, at every step', run: () => checkHyperparameters(make()) },
    ...perType,
    ...(['float32', 'float64'] as const).map((dtype) => ({
      name: `fused with loss and gradient into one compiled step is eager, bit for bit, ${dtype}`,
      run: () => checkFused(make, dtype),
    })),
    { name: 'the same inputs give the same bits twice', run: () => checkDeterminism(make) },
    { name: 'inputs stay as they are', run: () => checkPurity(make()) },
    { name: 'keeps no state outside of its state', run: () => checkStateless(make()) },
    { name: 'stays finite with gradients of zero, tiny and large', run: () => checkFinite(make()) },
    { name: 'ignores what it is told beyond its needs', run: () => checkExtras(make()) },
    ...(convergence === false ? [] : convergenceChecks(make, convergence)),
  ];
  return withExceptions(checks, exceptions);
}

function convergenceChecks(
  make: () => GradientTransform,
  convergence: Exclude<OptimizerCheckOptions['convergence'], false | undefined>,
): Check[] {
  const { steps, reduction, hyperparameters, ...own } = convergence;
  return (Object.keys(targets) as TargetName[]).map((name) => ({
    name: `goes down ${targets[name].title}`,
    run: () => checkConvergence(make(), targets[name], { steps, reduction, hyperparameters, ...own[name] }),
  }));
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

function stepOf(transform: GradientTransform, gradients: Params, state: TransformState, params: Params, step = 0): Step {
  return transform.update(gradients, state, params, contextOf(toldAt(transform, step, scalarType(params))));
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

function assertSameSteps(actual: readonly Step[], expected: readonly Step[], when = ''): void {
  expected.forEach(([updates, state], i) => {
    assertSameTree(actual[i][0], updates, `Step ${i}${when}, update`);
    assertSameTree(actual[i][1], state, `Step ${i}${when}, state`);
  });
}

async function checkTraced(make: () => GradientTransform, kind: Kind): Promise<void> {
  const [eager, traced] = [make(), make()];
  const compiled = await compiledUpdate(traced, makeParams(kind));
  assertSameSteps((await walk(traced, kind, compiled)).steps, (await walk(eager, kind, eagerUpdate(eager))).steps);
}

/** Saved as a checkpoint saves it: names and bytes, put into the nesting that a new instance makes. */
async function checkRestored(make: () => GradientTransform, kind: Kind): Promise<void> {
  const first = make();
  const whole = await walk(first, kind, eagerUpdate(first));
  const half = await walk(first, kind, eagerUpdate(first), 0, 3);
  const second = make();
  const state = mapTree(copyOf, inOrderOf(second.init(makeParams(kind, 9)), half.state)) as TransformState;
  const params = mapTree(copyOf, half.params) as Params;
  const rest = await walk(second, kind, eagerUpdate(second), 3, 5, { params, state });
  rest.steps.forEach(([updates], i) => assertSameTree(updates, whole.steps[3 + i][0], `Step ${3 + i} after restoring, update`));
  assertSameTree(rest.params, whole.params, 'Parameters after restoring');
}

const copyOf = ({ dtype, shape, data }: NDArray): NDArray => new NDArray(dtype, [...shape], data.slice());

async function checkFused(make: () => GradientTransform, dtype: DType): Promise<void> {
  const transform = make();
  const fused = await compiledStepOn(targets.logistic, make(), dtype);
  const eager = stepOn(targets.logistic, transform);
  let params = startOf(targets.logistic, dtype);
  let state = transform.init(params);
  for (let step = 0; step < 5; step++) {
    const told = toldAt(transform, step, dtype);
    const actual = await fused(params, state, told);
    const expected = eager(params, state, told as Told);
    assertSameTree(actual, expected, `Step ${step}`);
    [params, state] = [expected.params as Params, expected.state];
  }
}

async function checkDeterminism(make: () => GradientTransform): Promise<void> {
  const [first, second] = [make(), make()];
  const expected = await walk(first, 'float32', eagerUpdate(first));
  assertSameSteps((await walk(second, 'float32', eagerUpdate(second))).steps, expected.steps, ' again');
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
  const context = contextOf(toldAt(transform, 0, 'float32') as Told);
  const state = transform.init(params);
  const [expected] = transform.update(gradients, state, params, context);
  const hyperparameters = { ...context.hyperparameters, 'somebody.elses': scalar(NaN) };
  const more = { ...context, hyperparameters, curvature: scalar(NaN) };
  const [actual] = transform.update(gradients, state, params, more);
  assertSameTree(actual, expected, 'With further values in the context, update');
}
