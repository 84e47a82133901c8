/** What every engine must do: reproduce every operator, loop exactly, refuse what does not fit, and leave inputs alone. */
import assert from 'node:assert/strict';
import {
  add,
  asarray,
  bits,
  flattenArguments,
  jsEngine,
  matmul,
  mean,
  multiply,
  NDArray,
  randomKey,
  relu,
  sin,
  split,
  subtract,
  sum,
  tanh,
  trace,
  uniform,
  valueAndGrad,
  zeros,
  type DType,
  type Engine,
  type Graph,
  type Tensor,
} from '@gradus/graph';
import { operatorCases, type OperatorCase } from '@gradus/graph/cases';
import { failureOf, withExceptions, type Check, type Exceptions } from './check.js';
import { assertClose, assertSameBits, watch } from './compare.js';
import { assertRefused, using } from './engine-helpers.js';
import { loopChecks } from './loop-checks.js';

export interface EngineCheckOptions {
  /** Checks that this engine is known to fail, each with the reason. */
  readonly exceptions?: Exceptions;
}

/** Largest |difference| / max(1, |expected|) of a single operator, where its case states none. */
const TOLERANCE: Partial<Record<DType, number>> = { float32: 1e-6, float64: 1e-12 };

/**
 * Checks of an engine. `make` is called once per check; what is compiled is disposed.
 *
 * @example
 * for (const { name, run } of engineChecks(() => myEngine())) it(name, run);
 */
export function engineChecks(make: () => Engine, { exceptions }: EngineCheckOptions = {}): Check[] {
  const operators = Object.entries(operatorCases).flatMap(([operator, cases]) =>
    cases.map((example): Check => ({ name: `operator ${operator}: ${example.name}`, run: () => checkOperator(make(), example) })),
  );
  const checks: Check[] = [
    {
      name: 'has a name',
      run: () => {
        const { name } = make();
        assert.ok(typeof name === 'string' && name !== '', `An engine needs a name. Received: ${String(name)}.`);
      },
    },
    { name: 'a training step in float32', run: () => checkTrainingStep(make(), 'float32', 1e-5) },
    { name: 'a training step in float64', run: () => checkTrainingStep(make(), 'float64', 1e-10) },
    { name: 'random numbers are the same bits everywhere', run: () => checkRandom(make()) },
    { name: 'an output may be an input, a constant, or named twice', run: () => checkPassThrough(make()) },
    { name: 'the same inputs give the same bits twice', run: () => checkRepeat(make()) },
    { name: 'runs at the same time do not disturb each other', run: () => checkConcurrent(make()) },
    { name: 'later runs leave earlier outputs alone', run: () => checkFresh(make()) },
    { name: 'inputs that do not fit are refused by name', run: () => checkRefusal(make()) },
    { name: 'running after dispose is an error, disposing twice is not', run: () => checkDispose(make()) },
    ...loopChecks(make),
    ...operators,
  ];
  return withExceptions(checks, exceptions);
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : [value as T]);

async function checkOperator(engine: Engine, { fn, inputs: shared, expected, tolerance }: OperatorCase): Promise<void> {
  // Copies: an engine that writes to its inputs must not spoil the example for later checks.
  const inputs = shared.map(({ dtype, shape, data }) => new NDArray(dtype, shape, data.slice()));
  const { graph } = trace((...args: Tensor[]) => fn(...args), ...inputs);
  const unchanged = watch(inputs, 'An input');
  await using(engine.compile(graph), async (executable) => {
    const outputs = await executable.run(inputs);
    assert.equal(outputs.length, list(expected).length, `It gave ${outputs.length} outputs, expected ${list(expected).length}.`);
    list(expected).forEach((array, i) => assertClose(outputs[i], array, tolerance ?? TOLERANCE[array.dtype] ?? 0, `Output ${i}`));
  });
  unchanged();
}

/** A small network, its gradients and an update: what training makes of the operators, against the interpreter. */
async function checkTrainingStep(engine: Engine, dtype: DType, tolerance: number): Promise<void> {
  const waves = (rows: number, columns: number, phase: number): NDArray =>
    asarray(
      Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => Math.sin(phase + i * columns + j))),
      { dtype },
    );
  const params = { hidden: waves(4, 5, 1), bias: waves(1, 5, 2), out: waves(5, 3, 3) };
  const batch = { x: waves(6, 4, 4), y: waves(6, 3, 5) };
  const step = (p: { hidden: Tensor; bias: Tensor; out: Tensor }, { x, y }: { x: Tensor; y: Tensor }, rate: Tensor) => {
    const loss = (q: typeof p): Tensor => {
      const error = subtract(matmul(tanh(add(matmul(relu(x), q.hidden), q.bias)), q.out), y);
      return mean(multiply(error, error));
    };
    const [value, gradients] = valueAndGrad(loss)(p);
    const next = Object.fromEntries(
      Object.entries(p).map(([key, array]) => [key, subtract(array, multiply(gradients[key as keyof typeof p], rate))]),
    );
    return { next, value };
  };
  const rate = asarray(0.1, { dtype });
  const { graph } = trace(step as never, params as never, batch as never, rate as never) as { graph: Graph };
  const inputs = flattenArguments<NDArray>(params, batch, rate);
  const expected = await using(jsEngine.compile(graph), (executable) => executable.run(inputs));
  const actual = await using(engine.compile(graph), (executable) => executable.run(inputs));
  expected.forEach((array, i) => assertClose(actual[i], array, tolerance, `'${graph.outputNames[i]}'`));
}

async function checkRandom(engine: Engine): Promise<void> {
  const draw = (key: Tensor): Tensor[] => {
    const [a, b] = split(key, 2);
    return [bits(a, [7]), uniform(b, [3, 5])];
  };
  const key = randomKey(42);
  const { graph } = trace(draw, key);
  const outputs = await using(engine.compile(graph), (executable) => executable.run([key]));
  draw(key).forEach((array, i) => assertSameBits(outputs[i], array as NDArray, i === 0 ? 'Random bits' : 'Uniform numbers'));
}

const makeWave = (): NDArray =>
  asarray([
    [0.25, -1.5, 3],
    [1e-3, 0, -0.75],
  ]);

async function checkPassThrough(engine: Engine): Promise<void> {
  const wave = makeWave();
  const constant = asarray([3, 5], { dtype: 'int64' });
  const { graph } = trace((x: Tensor) => {
    const y = sin(x);
    return [x, constant, y, y];
  }, wave);
  const outputs = await using(engine.compile(graph), (executable) => executable.run([wave]));
  const y = sin(wave) as NDArray;
  [wave, constant].forEach((array, i) => assertSameBits(outputs[i], array, i === 0 ? 'The input' : 'The constant'));
  [2, 3].forEach((i) => assertClose(outputs[i], y, 1e-6, `Output ${i}`));
  assertSameBits(outputs[3], outputs[2], 'The value that is named twice');
}

const busy = (x: Tensor): Tensor => sum(tanh(multiply(matmul(x, x), 0.1)), { axes: [0] });
const square = (n: number, seed: number): NDArray => uniform(randomKey(seed), [n, n]) as NDArray;

async function checkRepeat(engine: Engine): Promise<void> {
  const x = square(64, 1);
  const { graph } = trace(busy, x);
  await using(engine.compile(graph), async (executable) => {
    const [first] = await executable.run([x]);
    const [again] = await executable.run([x]);
    assertSameBits(again, first, 'The second run');
    const [other] = await using(engine.compile(graph), (second) => second.run([x]));
    assertSameBits(other, first, 'The graph compiled again');
  });
}

async function checkConcurrent(engine: Engine): Promise<void> {
  const inputs = [1, 2, 3, 4].map((seed) => square(48, seed));
  const { graph } = trace(busy, inputs[0]);
  await using(engine.compile(graph), async (executable) => {
    const alone: NDArray[] = [];
    for (const x of inputs) alone.push((await executable.run([x]))[0]);
    const together = await Promise.all(inputs.map((x) => executable.run([x])));
    together.forEach(([output], i) => assertSameBits(output, alone[i], `Run ${i} among others`));
  });
}

async function checkFresh(engine: Engine): Promise<void> {
  const wave = makeWave();
  const fn = (x: Tensor): Tensor[] => [add(x, 1), x];
  const { graph } = trace(fn, wave);
  await using(engine.compile(graph), async (executable) => {
    const outputs = await executable.run([wave]);
    const before = outputs.map(({ dtype, shape, data }) => new NDArray(dtype, shape, data.slice()));
    await executable.run([zeros(wave.shape)]);
    outputs.forEach((output, i) => assertSameBits(output, before[i], `Output ${i} after another run`));
    for (const output of outputs) {
      assert.ok(output.data.buffer !== wave.data.buffer, 'An output shares its memory with an input: outputs must be fresh.');
    }
  });
}

async function checkRefusal(engine: Engine): Promise<void> {
  const { graph } = trace((x: Tensor, p: { w: Tensor }) => matmul(x, p.w), zeros([2, 3]), { w: zeros([3, 4]) });
  await using(engine.compile(graph), async (executable) => {
    const x = zeros([2, 3]);
    await assertRefused(() => executable.run([x, zeros([3, 5])]), 'SHAPE_MISMATCH', ["'1.w'"], 'An input of another shape');
    await assertRefused(
      () => executable.run([zeros([2, 3], 'float64'), zeros([3, 4])]),
      'SHAPE_MISMATCH',
      ["'0'"],
      'An input of another type',
    );
    await assertRefused(() => executable.run([x]), 'SHAPE_MISMATCH', ['1.w'], 'A missing input');
    await assertRefused(() => executable.run([x, zeros([3, 4]), x]), 'SHAPE_MISMATCH', [], 'One input too many');
    const [output] = await executable.run([x, zeros([3, 4])]);
    assertSameBits(output, zeros([2, 4]), 'The run after refused ones');
  });
}

async function checkDispose(engine: Engine): Promise<void> {
  const { graph } = trace(busy, square(4, 1));
  const executable = await engine.compile(graph);
  await executable.run([square(4, 1)]);
  await executable.dispose();
  await failureOf(() => executable.run([square(4, 1)]), 'A disposed graph ran again.');
  await executable.dispose();
}
