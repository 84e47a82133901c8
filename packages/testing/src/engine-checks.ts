/** What every engine must do: reproduce every operator, loop exactly, refuse what does not fit, and leave inputs alone. */
import assert from 'node:assert/strict';
import {
  add, arange, asarray, bits, cast, flattenArguments, jsEngine, matmul, mean, multiply, NDArray, randomKey, relu, reshape, row, sin, split, stack, subtract, sum, tanh,
  trace, uniform, valueAndGrad, zeros, type DType, type Engine, type Executable, type Graph, type LoopLayout, type Tensor,
} from '@gradus/graph';
import { operatorCases, type OperatorCase } from '@gradus/graph/cases';
import { failureOf, withExceptions, type Check, type Exceptions } from './check.js';
import { assertClose, assertSameBits, watch } from './compare.js';

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
    ...[jsCase('a training step in float32', 'float32', 1e-5), jsCase('a training step in float64', 'float64', 1e-10)].map(({ name, run }) => ({
      name,
      run: () => run(make()),
    })),
    { name: 'random numbers are the same bits everywhere', run: () => checkRandom(make()) },
    { name: 'an output may be an input, a constant, or named twice', run: () => checkPassThrough(make()) },
    { name: 'the same inputs give the same bits twice', run: () => checkRepeat(make()) },
    { name: 'runs at the same time do not disturb each other', run: () => checkConcurrent(make()) },
    { name: 'later runs leave earlier outputs alone', run: () => checkFresh(make()) },
    { name: 'inputs that do not fit are refused by name', run: () => checkRefusal(make()) },
    { name: 'running after dispose is an error, disposing twice is not', run: () => checkDispose(make()) },
    { name: 'a loop of K steps is K single steps, bit for bit, for any K', run: () => checkLoopEqualsSingles(make()) },
    { name: 'a loop may carry values unchanged, swap them, or carry none', run: () => checkOddLoops(make()) },
    { name: 'a loop refuses inputs that do not fit and no steps', run: () => checkLoopRefusal(make()) },
    { name: 'a step that cannot be looped is refused', run: () => checkInvalidLoop(make()) },
    ...operators,
  ];
  return withExceptions(checks, exceptions);
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : [value as T]);

async function using<T>(executable: Promise<Executable>, use: (executable: Executable) => Promise<T>): Promise<T> {
  const made = await executable;
  try {
    return await use(made);
  } finally {
    await made.dispose();
  }
}

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
function jsCase(name: string, dtype: DType, tolerance: number): { name: string; run(engine: Engine): Promise<void> } {
  const waves = (rows: number, columns: number, phase: number): NDArray =>
    asarray(Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => Math.sin(phase + i * columns + j))), { dtype });
  const params = { hidden: waves(4, 5, 1), bias: waves(1, 5, 2), out: waves(5, 3, 3) };
  const batch = { x: waves(6, 4, 4), y: waves(6, 3, 5) };
  const step = (p: { hidden: Tensor; bias: Tensor; out: Tensor }, { x, y }: { x: Tensor; y: Tensor }, rate: Tensor) => {
    const loss = (q: typeof p): Tensor => {
      const error = subtract(matmul(tanh(add(matmul(relu(x), q.hidden), q.bias)), q.out), y);
      return mean(multiply(error, error));
    };
    const [value, gradients] = valueAndGrad(loss)(p);
    const next = Object.fromEntries(Object.entries(p).map(([key, array]) => [key, subtract(array, multiply(gradients[key as keyof typeof p], rate))]));
    return { next, value };
  };
  const rate = asarray(0.1, { dtype });
  return {
    name,
    run: async (engine) => {
      const { graph } = trace(step as never, params as never, batch as never, rate as never) as { graph: Graph };
      const inputs = flattenArguments<NDArray>(params, batch, rate);
      const expected = await using(jsEngine.compile(graph), (executable) => executable.run(inputs));
      const actual = await using(engine.compile(graph), (executable) => executable.run(inputs));
      expected.forEach((array, i) => assertClose(actual[i], array, tolerance, `'${graph.outputNames[i]}'`));
    },
  };
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

const makeWave = (): NDArray => asarray([[0.25, -1.5, 3], [1e-3, 0, -0.75]]);

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

/** Fails unless `act` is refused with a message that holds each of `mentions`. */
async function assertRefused(act: () => unknown, code: string, mentions: readonly string[], what: string): Promise<void> {
  const error = await failureOf(act, `${what} was accepted.`);
  assert.equal((error as { code?: unknown }).code, code, `${what} must be refused with the code ${code}. Received: ${error.message}`);
  for (const mention of mentions) assert.ok(error.message.includes(mention), `${what}: the message must say '${mention}'. Received: ${error.message}`);
}

async function checkRefusal(engine: Engine): Promise<void> {
  const { graph } = trace((x: Tensor, p: { w: Tensor }) => matmul(x, p.w), zeros([2, 3]), { w: zeros([3, 4]) });
  await using(engine.compile(graph), async (executable) => {
    const x = zeros([2, 3]);
    await assertRefused(() => executable.run([x, zeros([3, 5])]), 'SHAPE_MISMATCH', ["'1.w'"], 'An input of another shape');
    await assertRefused(() => executable.run([zeros([2, 3], 'float64'), zeros([3, 4])]), 'SHAPE_MISMATCH', ["'0'"], 'An input of another type');
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
  const { graph: step, layout, inputs } = decay();
  const loop = await engine.compileLoop(step, layout);
  await loop.dispose();
  await failureOf(() => loop.run(inputs(2)), 'A disposed loop ran again.');
}

/** A step to loop, with inputs for any number of steps. */
interface Loop {
  readonly graph: Graph;
  readonly layout: LoopLayout;
  inputs(steps: number): NDArray[];
}

/** A training step: carried parameters, momentum and a random key; scanned batches and rates; a constant; stacked losses. */
const momentum = (): Loop => {
  const layout: LoopLayout = { carried: 3, scanned: 2 };
  const step = (w: Tensor, v: Tensor, key: Tensor, x: Tensor, rate: Tensor, friction: Tensor): Tensor[] => {
    const [next, use] = split(key, 2);
    const noise = multiply(uniform(use, [3]), 0.01);
    const loss = (p: Tensor): Tensor => {
      const error = subtract(matmul(x, reshape(p, [3, 1])), 1);
      return mean(multiply(error, error));
    };
    const [value, gradient] = valueAndGrad(loss)(w);
    const velocity = add(multiply(v, friction), add(gradient, noise));
    return [subtract(w, multiply(velocity, rate)), velocity, next, value, noise, cast(rate, 'float64')];
  };
  const carried = [asarray([0.5, -0.25, 1]), zeros([3]), randomKey(7)];
  const friction = asarray(0.9);
  const { graph } = trace(step, carried[0], carried[1], carried[2], zeros([4, 3]), zeros([]), friction);
  const inputs = (k: number): NDArray[] => [
    ...carried,
    stack(Array.from({ length: k }, (_, i) => uniform(randomKey(100 + i), [4, 3]))) as NDArray,
    asarray(Array.from({ length: k }, (_, i) => 0.1 / (i + 1))),
    friction,
  ];
  return { graph, layout, inputs };
};

/** The smallest loop. */
const decay = (): Loop => {
  const { graph } = trace((w: Tensor, rate: Tensor) => [multiply(w, rate)], zeros([2]), zeros([]));
  return { graph, layout: { carried: 1, scanned: 1 }, inputs: (k: number) => [asarray([1, 2]), asarray(Array.from({ length: k }, () => 0.5))] };
};

/** The loop done by single runs of the step. */
async function singles(executable: Executable, step: Graph, { carried, scanned }: LoopLayout, inputs: readonly NDArray[], k: number): Promise<NDArray[]> {
  let state = inputs.slice(0, carried);
  const rows: NDArray[][] = [];
  for (let i = 0; i < k; i++) {
    const slices = inputs.slice(carried, carried + scanned).map((array) => row(array, i));
    const outputs = await executable.run([...state, ...slices, ...inputs.slice(carried + scanned)]);
    state = outputs.slice(0, carried);
    rows.push(outputs.slice(carried));
  }
  return [...state, ...step.outputs.slice(carried).map((_, j) => stack(rows.map((outputs) => outputs[j])) as NDArray)];
}

async function compareLoop(engine: Engine, { graph: step, layout, inputs }: Loop, counts: readonly number[]): Promise<void> {
  await using(engine.compile(step), (single) =>
    using(engine.compileLoop(step, layout), async (loop) => {
      for (const k of counts) {
        const given = inputs(k);
        const unchanged = watch(given, `With ${k} steps, an input`);
        const actual = await loop.run(given);
        unchanged();
        const expected = await singles(single, step, layout, given, k);
        assert.equal(actual.length, expected.length, `With ${k} steps it gave ${actual.length} outputs, expected ${expected.length}.`);
        expected.forEach((array, i) => assertSameBits(actual[i], array, `With ${k} steps, ${i < layout.carried ? 'carried' : 'stacked'} output ${i}`));
      }
    }),
  );
}

const checkLoopEqualsSingles = (engine: Engine): Promise<void> => compareLoop(engine, momentum(), [1, 3, 8, 2]);

async function checkOddLoops(engine: Engine): Promise<void> {
  const [a, b, xs] = [asarray([1, 2]), asarray([3, 4]), (k: number): NDArray => arange(0, k)];
  const kept = trace((x: Tensor, y: Tensor, s: Tensor) => [x, multiply(y, s), s], a, b, zeros([]));
  await compareLoop(engine, { graph: kept.graph, layout: { carried: 2, scanned: 1 }, inputs: (k) => [a, b, xs(k)] }, [1, 4]);
  const swapped = trace((x: Tensor, y: Tensor, s: Tensor) => [y, x, add(x, s)], a, b, zeros([]));
  await compareLoop(engine, { graph: swapped.graph, layout: { carried: 2, scanned: 1 }, inputs: (k) => [a, b, xs(k)] }, [1, 2, 3]);
  const none = trace((s: Tensor, c: Tensor) => [add(s, c), b], zeros([]), a);
  await compareLoop(engine, { graph: none.graph, layout: { carried: 0, scanned: 1 }, inputs: (k) => [xs(k), a] }, [1, 5]);
  await compareLoop(engine, decay(), [6]);
}

async function checkLoopRefusal(engine: Engine): Promise<void> {
  const { graph, layout, inputs } = momentum();
  await using(engine.compileLoop(graph, layout), async (loop) => {
    const change = (index: number, array: NDArray): NDArray[] => inputs(3).map((old, i) => (i === index ? array : old));
    await assertRefused(() => loop.run(change(0, zeros([4]))), 'SHAPE_MISMATCH', ["'0'"], 'A carried input of another shape');
    await assertRefused(() => loop.run(change(4, zeros([2]))), 'SHAPE_MISMATCH', ["'4'"], 'A scanned input with another number of steps');
    await assertRefused(() => loop.run(change(3, zeros([3, 4, 3], 'float64'))), 'SHAPE_MISMATCH', ["'3'"], 'A scanned input of another type');
    await assertRefused(() => loop.run(change(5, zeros([3]))), 'SHAPE_MISMATCH', ["'5'"], 'A constant of another shape');
    await assertRefused(() => loop.run(inputs(3).slice(0, 5)), 'SHAPE_MISMATCH', ["'5'"], 'A missing input');
    await assertRefused(() => loop.run([...inputs(1).slice(0, 3), zeros([0, 4, 3]), zeros([0]), asarray(0.9)]), 'SHAPE_MISMATCH', [], 'A loop of no steps');
  });
}

async function checkInvalidLoop(engine: Engine): Promise<void> {
  const wider = trace((w: Tensor, s: Tensor) => [multiply(stack([w, w]), s)], zeros([2]), zeros([]));
  await assertRefused(() => engine.compileLoop(wider.graph, { carried: 1, scanned: 1 }), 'INVALID_LOOP', ["'0'"], 'A carried value that changes its shape');
  await assertRefused(() => engine.compileLoop(decay().graph, { carried: 1, scanned: 0 }), 'INVALID_LOOP', [], 'A loop without scanned inputs');
}
