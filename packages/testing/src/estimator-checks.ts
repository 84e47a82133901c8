/** What every gradient estimator must do: agree with a known gradient, declare what it needs, and touch nothing else. */
import assert from 'node:assert/strict';
import type { Evaluation, GradientEstimator, Model, Params, SampledEstimator, TensorParams, TracedEstimator } from '@gradus/core';
import type { NDArray } from '@gradus/graph';
import {
  add,
  asarray,
  flatten,
  jsEngine,
  matmul,
  mean,
  multiply,
  randomKey,
  reshape,
  scalar,
  subtract,
  sum,
  trace,
  type DType,
  type Tensor,
} from '@gradus/graph';
import { failureOf, withExceptions, type Check, type Exceptions } from './check.js';
import { assertSameSpec, assertSameTree, watch } from './compare.js';

export interface EstimatorCheckOptions {
  /** Largest |estimate - gradient| / |gradient| (Euclidean norms, float64). Default: 1e-6; say more for what is exact only in the limit. */
  readonly tolerance?: number;
  /** Estimates, with different keys, whose mean is compared. Default: 1; a random estimator needs many. */
  readonly draws?: number;
  readonly exceptions?: Exceptions;
}

/**
 * Checks of a gradient estimator on a least-squares problem with a product of two parameters in it, whose gradient is known.
 * `make` is called once per check.
 *
 * @example
 * for (const { name, run } of estimatorChecks(() => centralDifference(), { tolerance: 1e-5 })) it(name, run);
 */
export function estimatorChecks(make: () => GradientEstimator, options: EstimatorCheckOptions = {}): Check[] {
  const { tolerance = 1e-6, draws = 1, exceptions } = options;
  const checks: Check[] = [
    { name: 'says what it is and needs', run: () => checkMembers(make()) },
    { name: 'agrees with a known gradient', run: () => checkGradient(make(), tolerance, draws) },
    { name: 'gradients have the names, types and shapes of the parameters', run: () => checkForm(make()) },
    { name: 'the same key gives the same bits twice', run: () => checkDeterminism(make) },
    { name: 'parameters stay as they are', run: () => checkPurity(make()) },
    { name: 'reports a loss', run: () => checkReport(make()) },
    { name: 'uses the model only as declared', run: () => checkNeeds(make()) },
    { name: 'asks for complete parameters, each time in arrays of its own', run: () => checkQuestions(make()) },
    { name: 'a failing evaluation is not hidden', run: () => checkFailure(make()) },
  ];
  return withExceptions(checks, exceptions);
}

const X = [
  [0.5, -1, 2],
  [1.5, 0.25, -0.5],
  [-2, 1, 0.75],
  [0.1, 0.2, -1.25],
];
const Y = [1, -0.5, 2, 0.25];

const makeParams = (dtype: DType): Params => ({
  a: asarray([0.3, -0.7, 1.1], { dtype }),
  'b.c': asarray(
    [
      [0.2, -0.4],
      [0.9, 0.5],
    ],
    { dtype },
  ),
  s: asarray(0.8, { dtype }),
});
const makeBatch = (dtype: DType): Record<'x' | 'y', NDArray> => ({ x: asarray(X, { dtype }), y: asarray(Y, { dtype }) });

const numbers = (array: NDArray): number[] => Array.from(array.data as Float64Array, Number);
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** loss = mean of e², e = x·a + s Σb - y; so da = mean of 2 e x, db = mean of 2 e s, ds = mean of 2 e Σb. */
function solve(params: Params): { loss: number; gradient: Record<string, number[]> } {
  const [a, b, [s]] = [numbers(params.a), numbers(params['b.c']), numbers(params.s)];
  const errors = X.map((x, i) => total(x.map((v, j) => v * a[j])) + s * total(b) - Y[i]);
  const average = (weights: readonly number[]): number => total(errors.map((e, i) => 2 * e * weights[i])) / errors.length;
  const ones = errors.map(() => 1);
  return {
    loss: total(errors.map((e) => e * e)) / errors.length,
    gradient: {
      a: a.map((_, j) => average(X.map((x) => x[j]))),
      'b.c': b.map(() => average(ones.map(() => s))),
      s: [average(ones.map(() => total(b)))],
    },
  };
}

function tensorLoss(p: TensorParams, { x, y }: Readonly<Record<string, Tensor>>): Tensor {
  const error = subtract(add(reshape(matmul(x, reshape(p.a, [3, 1])), [4]), multiply(p.s, sum(p['b.c']))), y);
  return mean(multiply(error, error));
}

/** The known gradient in tensors, as a local rule would give it. */
function tensorRule(p: TensorParams, { x, y }: Readonly<Record<string, Tensor>>): TensorParams {
  const error = multiply(subtract(add(reshape(matmul(x, reshape(p.a, [3, 1])), [4]), multiply(p.s, sum(p['b.c']))), y), 2);
  return {
    a: mean(multiply(reshape(error, [4, 1]), x), { axes: [0] }),
    'b.c': multiply(
      multiply(mean(error), p.s),
      asarray(
        [
          [1, 1],
          [1, 1],
        ],
        { dtype: error.dtype },
      ),
    ),
    s: multiply(mean(error), sum(p['b.c'])),
  };
}

/** What a model saw while it was used. */
interface Seen {
  used: Set<string>;
  context: { key: unknown; training: unknown; emit: unknown; buffers: {} } | null;
}

/** A model that offers only `way`, and fails when another way is tried. */
function makeModel(way: 'loss' | 'pseudoGradients', seen: Seen): Model {
  const metrics = (p: TensorParams): Record<string, Tensor> => ({ size: sum(p.a) });
  const note = (context: Seen['context']): void => {
    seen.used.add(way);
    seen.context = context;
  };
  const ways = {
    loss: (p: TensorParams, batch: Readonly<Record<string, Tensor>>, context: never) => {
      note(context);
      return { loss: tensorLoss(p, batch), metrics: metrics(p) };
    },
    pseudoGradients: (p: TensorParams, batch: Readonly<Record<string, Tensor>>, context: never) => {
      note(context);
      return { gradients: tensorRule(p, batch), loss: tensorLoss(p, batch), metrics: metrics(p) };
    },
  };
  const model = { name: 'least-squares', init: () => makeParams('float64'), [way]: ways[way] };
  for (const other of ['loss', 'objective', 'pseudoGradients', 'predict'].filter((name) => name !== way)) {
    Object.defineProperty(model, other, {
      get: () => assert.fail(`It uses the model's '${other}' although it declares to need '${way}'.`),
    });
  }
  return model as Model;
}

const hyperparametersOf = ({ hyperparameters = {} }: GradientEstimator): Record<string, number> =>
  Object.fromEntries(Object.entries(hyperparameters).map(([name, value]) => [name, typeof value === 'function' ? value(0) : value]));

interface Estimate {
  readonly gradients: Params;
  readonly loss: number | null;
  readonly metrics: Readonly<Record<string, number>>;
}

const blackBox = (params: Params): Promise<Evaluation> => Promise.resolve({ loss: solve(params).loss });

/** One estimate, as the trainer would ask for it. */
async function estimate(
  estimator: GradientEstimator,
  dtype: DType,
  seed = 1,
  evaluate = blackBox,
  params = makeParams(dtype),
  seen?: Seen,
): Promise<Estimate> {
  return estimator.kind === 'traced' ? traced(estimator, dtype, seed, params, seen) : sampled(estimator, seed, evaluate, params);
}

async function sampled(estimator: SampledEstimator, seed: number, evaluate: typeof blackBox, params: Params): Promise<Estimate> {
  const context = { key: randomKey(seed), hyperparameters: hyperparametersOf(estimator) };
  const { gradients, evaluation } = await estimator.estimate(evaluate, params, context);
  assert.ok(evaluation !== undefined, 'It gives no evaluation: what was the loss of this step?');
  return { gradients, loss: evaluation.loss, metrics: evaluation.metrics ?? {} };
}

async function traced(
  estimator: TracedEstimator,
  dtype: DType,
  seed: number,
  params: Params,
  seen: Seen = { used: new Set(), context: null },
): Promise<Estimate> {
  const model = makeModel(estimator.needs, seen);
  const scalars = Object.fromEntries(Object.entries(hyperparametersOf(estimator)).map(([name, value]) => [name, scalar(value, dtype)]));
  const step = (p: TensorParams, batch: Readonly<Record<string, Tensor>>, hyperparameters: Record<string, Tensor>, key: Tensor) => {
    const { gradients, loss, metrics } = estimator.estimate(model, p, batch, {
      key,
      training: true,
      emit: null,
      buffers: {},
      hyperparameters,
    });
    return { gradients, reports: { ...(loss === null ? {} : { loss }), metrics } };
  };
  const [batch, key] = [makeBatch(dtype), randomKey(seed)];
  const { graph, unflatten } = trace(step as never, params as never, batch as never, scalars as never, key as never);
  const executable = await jsEngine.compile(graph);
  const inputs = [params, batch, scalars, key].flatMap((tree) => flatten<NDArray>(tree).map(({ leaf }) => leaf));
  const { gradients, reports } = unflatten(await executable.run(inputs)) as unknown as {
    gradients: Params;
    reports: { loss?: NDArray; metrics: Record<string, NDArray> };
  };
  const metrics = Object.fromEntries(Object.entries(reports.metrics).map(([name, value]) => [name, value.item()]));
  return { gradients, loss: reports.loss?.item() ?? null, metrics };
}

function checkMembers(estimator: GradientEstimator): void {
  const { name, kind } = estimator;
  assert.ok(typeof name === 'string' && name !== '', `An estimator needs a name. Received: ${String(name)}.`);
  assert.ok(kind === 'traced' || kind === 'sampled', `The kind of '${name}' is ${String(kind)}. Expected 'traced' or 'sampled'.`);
  assert.equal(typeof estimator.estimate, 'function', `'${name}' needs the function estimate.`);
  if (estimator.kind === 'traced') {
    assert.ok(
      ['loss', 'pseudoGradients'].includes(estimator.needs),
      `'${name}' needs '${String(estimator.needs)}'. Expected 'loss' or 'pseudoGradients'.`,
    );
  }
  for (const [key, value] of Object.entries(hyperparametersOf(estimator))) {
    assert.ok(
      Number.isFinite(value) && value >= 0,
      `Hyperparameter '${key}' of '${name}' is ${String(value)}. Expected a finite number of 0 or more.`,
    );
  }
}

async function checkGradient(estimator: GradientEstimator, tolerance: number, draws: number): Promise<void> {
  const sums: Record<string, number[]> = {};
  for (let draw = 0; draw < draws; draw++) {
    const { gradients } = await estimate(estimator, 'float64', draw + 1);
    for (const [name, array] of Object.entries(gradients)) sums[name] = numbers(array).map((v, i) => v / draws + (sums[name]?.[i] ?? 0));
  }
  const { gradient } = solve(makeParams('float64'));
  let [off, size] = [0, 0];
  for (const [name, expected] of Object.entries(gradient)) {
    expected.forEach((value, i) => {
      const actual = sums[name]?.[i];
      assert.ok(Number.isFinite(actual), `The gradient of '${name}' is ${String(actual)} at element ${i}, expected ${value}.`);
      off += (actual - value) ** 2;
      size += value ** 2;
    });
  }
  const error = Math.sqrt(off / size);
  assert.ok(
    error <= tolerance,
    `The gradient is off by ${error} of its size, expected at most ${tolerance}. ` +
      `Received: ${JSON.stringify(sums)}. Expected: ${JSON.stringify(gradient)}.`,
  );
}

async function checkForm(estimator: GradientEstimator): Promise<void> {
  for (const dtype of ['float32', 'float64'] as const) {
    const params = makeParams(dtype);
    const { gradients } = await estimate(estimator, dtype);
    assert.deepEqual(Object.keys(gradients).sort(), Object.keys(params).sort(), 'The names of gradients and parameters differ.');
    for (const [name, array] of Object.entries(params))
      assertSameSpec(gradients[name], array, `The gradient of '${name}' of ${dtype} parameters`);
  }
}

async function checkDeterminism(make: () => GradientEstimator): Promise<void> {
  const estimator = make();
  const first = await estimate(estimator, 'float64', 5);
  assertSameTree((await estimate(estimator, 'float64', 5)).gradients, first.gradients, 'The second estimate');
  assertSameTree((await estimate(make(), 'float64', 5)).gradients, first.gradients, 'The estimate of a second estimator');
}

async function checkPurity(estimator: GradientEstimator): Promise<void> {
  const params = makeParams('float64');
  const unchanged = watch(params, 'A parameter');
  await estimate(estimator, 'float64', 1, blackBox, params);
  unchanged();
}

async function checkReport(estimator: GradientEstimator): Promise<void> {
  const { loss, metrics } = await estimate(estimator, 'float64');
  const exact = solve(makeParams('float64')).loss;
  assert.ok(loss !== null && Number.isFinite(loss), `The loss it reports is ${String(loss)}.`);
  if (estimator.kind === 'sampled') return;
  assert.ok(Math.abs(loss - exact) < 1e-9, `The loss it reports is ${loss}, the model said ${exact}.`);
  assert.ok(
    Math.abs(metrics.size - 0.7) < 1e-9,
    `The model's metric 'size' of 0.7 is reported as ${String(metrics.size)}: metrics must be passed on.`,
  );
}

async function checkNeeds(estimator: GradientEstimator): Promise<void> {
  if (estimator.kind === 'sampled') {
    let calls = 0;
    await estimate(estimator, 'float64', 1, (params) => (calls++, blackBox(params)));
    assert.ok(calls > 0, 'It never evaluates the loss.');
    return;
  }
  const seen: Seen = { used: new Set(), context: null };
  await estimate(estimator, 'float64', 1, blackBox, makeParams('float64'), seen);
  assert.deepEqual([...seen.used], [estimator.needs], `It does not use the model's '${estimator.needs}' that it declares to need.`);
  const { key, training, emit } = seen.context ?? {};
  assert.ok(
    key !== undefined && training === true && emit === null,
    'The model must be told key, training: true and emit as they were given.',
  );
}

async function checkQuestions(estimator: GradientEstimator): Promise<void> {
  if (estimator.kind === 'traced') return;
  const params = makeParams('float64');
  const checks: (() => void)[] = [];
  await estimate(estimator, 'float64', 1, async (asked) => {
    assert.deepEqual(Object.keys(asked).sort(), Object.keys(params).sort(), 'It evaluates with other parameter names.');
    for (const [name, array] of Object.entries(params)) assertSameSpec(asked[name], array, `The parameter '${name}' it evaluates`);
    const unchanged = watch(asked, 'A parameter under evaluation');
    // An evaluation takes time: what it was given must stay meanwhile, and afterwards.
    const { loss } = await blackBox(asked);
    await new Promise((resolve) => setImmediate(resolve));
    unchanged();
    checks.push(unchanged);
    return { loss };
  });
  for (const check of checks) check();
}

async function checkFailure(estimator: GradientEstimator): Promise<void> {
  if (estimator.kind === 'traced') return;
  const failure = new Error('no answer');
  const error = await failureOf(
    () => estimate(estimator, 'float64', 1, () => Promise.reject(failure)),
    'It hides that every evaluation failed.',
  );
  const known = error === failure || error.cause === failure;
  assert.ok(known, `The error of the evaluation was replaced by another: ${error.message}`);
}
