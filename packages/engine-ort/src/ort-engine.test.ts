import {
  add,
  asarray,
  bernoulli,
  bits,
  clip,
  jsEngine,
  matmul,
  multiply,
  NDArray,
  permutation,
  randomKey,
  relu,
  row,
  sigmoid,
  silu,
  split,
  sum,
  tanh,
  topK,
  trace,
  uniform,
  where,
  zeros,
  type DType,
  type Graph,
  type Tensor,
} from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { expectClose, expectSameBits } from '../test/expect-close.js';
import { trainingStep } from '../test/training-step.js';
import { ortEngine } from './ort-engine.js';

const engine = ortEngine({ threads: 1, fallback: false });

async function runOnce(graph: Graph, inputs: readonly NDArray[], on = engine): Promise<NDArray[]> {
  const executable = await on.compile(graph);
  try {
    return await executable.run(inputs);
  } finally {
    await executable.dispose();
  }
}

const spec = (dtype: DType, shape: number[]): { dtype: DType; shape: number[] } => ({ dtype, shape });

describe('compile', () => {
  it('computes what the graph says', async () => {
    const { graph } = trace((x: Tensor) => sum(multiply(x, x)), spec('float32', [3]));
    const [result] = await runOnce(graph, [asarray([1, 2, 3])]);
    expect(result.toArray()).toBe(14);
  });

  it('keeps float64 as float64', async () => {
    const { graph } = trace((x: Tensor) => multiply(x, 3), spec('float64', [1]));
    const [result] = await runOnce(graph, [asarray(Float64Array.of(0.1))]);
    expect(result.dtype).toBe('float64');
    expect(result.data[0]).toBe(0.1 * 3);
  });

  it('gives outputs that are inputs, constants, or one value twice', async () => {
    const { graph } = trace((x: Tensor) => {
      const y = add(x, 1);
      return { x, constant: asarray([7]), y, again: y, sameInput: x };
    }, spec('float32', [2]));
    const results = await runOnce(graph, [asarray([1, 2])]);
    expect(results.map((r) => r.toArray())).toEqual([[1, 2], [7], [2, 3], [2, 3], [1, 2]]);
  });

  it('returns fresh arrays and leaves inputs alone', async () => {
    const { graph } = trace((x: Tensor) => ({ same: x, plus: add(x, 1) }), spec('float32', [2]));
    const input = asarray([1, 2]);
    const executable = await engine.compile(graph);
    const first = await executable.run([input]);
    const second = await executable.run([input]);
    first[0].data[0] = 99;
    first[1].data[0] = 99;
    expect(input.toArray()).toEqual([1, 2]);
    expect(second.map((r) => r.toArray())).toEqual([[1, 2], [2, 3]]);
    await executable.dispose();
  });

  it('runs on tensors without elements', async () => {
    const { graph } = trace((x: Tensor) => ({ doubled: multiply(x, 2), total: sum(x) }), spec('float32', [0, 3]));
    const [doubled, total] = await runOnce(graph, [zeros([0, 3])]);
    expect([doubled.shape, total.item()]).toEqual([[0, 3], 0]);
  });

  it('takes shared memory', async () => {
    const { graph } = trace((x: Tensor) => add(x, 1), spec('float32', [2]));
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set([1, 2]);
    const [result] = await runOnce(graph, [new NDArray('float32', [2], shared)]);
    expect(result.toArray()).toEqual([2, 3]);
  });

  it.each(['float32', 'float64', 'int32', 'int64', 'uint32', 'bool'] as const)('passes %s through', async (dtype) => {
    const { graph } = trace((x: Tensor) => where(asarray([true, false, true]), x, x), spec(dtype, [3]));
    const input = asarray([1, 0, 1], { dtype });
    const [result] = await runOnce(graph, [input]);
    expectSameBits(result, input);
  });

  it('gives the same bits with and without a memory arena', async () => {
    const { graph } = trace((x: Tensor) => tanh(matmul(x, x)), spec('float32', [40, 40]));
    const x = uniform(randomKey(1), [40, 40]) as NDArray;
    const [kept, freed] = await Promise.all([true, false].map((memoryArena) => runOnce(graph, [x], ortEngine({ threads: 1, memoryArena }))));
    expectSameBits(freed[0], kept[0]);
  });

  it('uses as many threads as it is told', async () => {
    const { graph } = trace((a: Tensor, b: Tensor) => matmul(a, b), spec('float32', [64, 32]), spec('float32', [32, 48]));
    const [a, b] = split(randomKey(3)).map((key, i) => uniform(key, i === 0 ? [64, 32] : [32, 48]) as NDArray);
    const [expected] = await runOnce(graph, [a, b], jsEngine);
    for (const threads of [1, 2]) expectClose((await runOnce(graph, [a, b], ortEngine({ threads })))[0], expected, 1e-5);
  });
});

describe('random numbers', () => {
  it('have the bits of the interpreter', async () => {
    const { graph } = trace(
      (key: Tensor) => ({
        words: bits(key, [5, 7]),
        single: uniform(key, [33]),
        double: uniform(key, [9], { dtype: 'float64' }),
        order: permutation(key, 100),
        keys: split(key, 3),
      }),
      spec('uint32', [2]),
    );
    for (const seed of [0, 1, 123456789012]) {
      const results = await runOnce(graph, [randomKey(seed)]);
      const expected = await runOnce(graph, [randomKey(seed)], jsEngine);
      results.forEach((result, i) => expectSameBits(result, expected[i], `seed ${seed}, ${graph.outputNames[i]}`));
    }
  });
});

describe('compileLoop', () => {
  const step = trainingStep(true);

  it('does K steps with the bits of K single steps', async () => {
    const single = await engine.compile(step.graph);
    const loop = await engine.compileLoop(step.graph, step.layout);
    const { carried } = step.layout;
    for (const steps of [1, 2, 7, 33]) {
      const scanned = step.scanned(steps);
      let state = [...step.initial];
      const losses: number[] = [];
      for (let k = 0; k < steps; k++) {
        const outputs = await single.run([...state, ...scanned.map((array) => row(array, k))]);
        state = outputs.slice(0, carried);
        losses.push(outputs[carried].item());
      }
      const looped = await loop.run([...step.initial, ...scanned]);
      state.forEach((expected, i) => expectSameBits(looped[i], expected, `K ${steps}, ${step.graph.inputNames[i]}`));
      expectSameBits(looped[carried], asarray(Float32Array.from(losses)), `K ${steps}, losses`);
    }
    await single.dispose();
    await loop.dispose();
  });

  it('gives the same bits twice, in one session and in two', async () => {
    const inputs = [...step.initial, ...step.scanned(5)];
    const loops = [await engine.compileLoop(step.graph, step.layout), await engine.compileLoop(step.graph, step.layout)];
    const [first, second, third] = [await loops[0].run(inputs), await loops[0].run(inputs), await loops[1].run(inputs)];
    first.forEach((expected, i) => {
      expectSameBits(second[i], expected);
      expectSameBits(third[i], expected);
    });
    for (const loop of loops) await loop.dispose();
  });

  it('draws the dropout masks of the interpreter', async () => {
    const { graph } = trace(
      (count: Tensor, key: Tensor) => ({ count: add(count, 1), mask: where(bernoulli(key, 0.6, [40]), 1, 0) }),
      spec('int32', []),
      spec('uint32', [2]),
    );
    const layout = { carried: 1, scanned: 1 };
    const keys = asarray(Uint32Array.from({ length: 12 }, (_, i) => i * 7919), { shape: [6, 2] });
    const inputs = [asarray(Int32Array.of(0), { shape: [] }), keys];
    const [here, there] = await Promise.all([engine, jsEngine].map(async (e) => (await e.compileLoop(graph, layout)).run(inputs)));
    here.forEach((array, i) => expectSameBits(array, there[i]));
    expect(here[0].item()).toBe(6);
    const kept = (here[1].data as Float32Array).reduce((a, b) => a + b, 0);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(here[1].size);
  });

  it('hands values that the step leaves alone from step to step', async () => {
    const { graph } = trace(
      (a: Tensor, b: Tensor, x: Tensor, c: Tensor) => {
        const invariant = tanh(c);
        return { a: b, b: a, x, c, invariant, scaled: multiply(x, invariant), constant: asarray([4]) };
      },
      spec('float32', []),
      spec('float32', []),
      spec('float32', [2]),
      spec('float32', []),
    );
    const loop = await engine.compileLoop(graph, { carried: 2, scanned: 1 });
    const inputs = [asarray(1), asarray(2), asarray([[1, 2], [3, 4], [5, 6]]), asarray(0.5)];
    const results = await loop.run(inputs);
    const expected = await (await jsEngine.compileLoop(graph, { carried: 2, scanned: 1 })).run(inputs);
    results.forEach((result, i) => expectClose(result, expected[i], 1e-6, graph.outputNames[i]));
    expect([results[0].item(), results[1].item()]).toEqual([2, 1]);
    await loop.dispose();
  });

  it('trains the classifier of the interpreter: 20 steps, parameters equal to 1e-5', async () => {
    const plain = trainingStep(false);
    const inputs = [...plain.initial, ...plain.scanned(20)];
    const [here, there] = await Promise.all(
      [engine, jsEngine].map(async (e) => (await e.compileLoop(plain.graph, plain.layout)).run(inputs)),
    );
    here.forEach((result, i) => expectClose(result, there[i], 1e-5, plain.graph.outputNames[i]));
    // The parameters did move: the comparison says something.
    expect(Math.abs(Number(here[0].data[0]) - Number(plain.initial[0].data[0]))).toBeGreaterThan(1e-3);
  });
});

it('a constant factor of a product of matrices keeps the digits of float64', async () => {
  // 0.07 as a float32 is off by 4e-9 of itself.
  const { graph } = trace((a: Tensor, b: Tensor) => multiply(matmul(a, b), 0.07), spec('float64', [1, 2]), spec('float64', [2, 1]));
  const [product] = await runOnce(graph, [asarray([[3, 4]], { dtype: 'float64' }), asarray([[1], [1]], { dtype: 'float64' })]);
  expect(product.item()).toBeCloseTo(0.49, 15);
});

it.each<[string, (x: Tensor) => Tensor]>([
  ['x * sigmoid(x)', silu],
  ['x * sigmoid(1.702 x)', (x) => multiply(x, sigmoid(multiply(x, 1.702)))],
  ['a clip after a relu', (x) => clip(relu(x), 0, 0.5)],
])('%s in float64 is not made an operator that float64 lacks', async (_, fn) => {
  const x = asarray([-2, -0.25, 0.25, 2], { dtype: 'float64' });
  const { graph } = trace(fn, x);
  const [[actual], [expected]] = [await runOnce(graph, [x]), await (await jsEngine.compile(graph)).run([x])];
  expectClose(actual, expected, 1e-15);
});

it('the largest of no rows do not end the process', async () => {
  const { graph } = trace((x: Tensor) => topK(x, 2).values, spec('float32', [0, 3]));
  expect((await runOnce(graph, [zeros([0, 3])])).map(String)).toEqual([String(zeros([0, 2]))]);
});
