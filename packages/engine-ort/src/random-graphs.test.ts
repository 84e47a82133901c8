/** Random expressions: ONNX Runtime, the interpreter and the passes agree, and gradients agree with differences. */
import {
  abs,
  add,
  asarray,
  broadcastTo,
  clip,
  concat,
  cos,
  exp,
  greater,
  jsEngine,
  logSoftmax,
  matmul,
  maximum,
  mean,
  multiply,
  relu,
  reshape,
  sigmoid,
  slice,
  softmax,
  subtract,
  sum,
  tanh,
  trace,
  transpose,
  optimize,
  prepare,
  row,
  valueAndGrad,
  vmap,
  where,
  type DType,
  type NDArray,
  type Tensor,
} from '@gradus/graph';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectClose } from '../test/expect-close.js';
import { Choices, randomFunction, SHAPE } from '../test/random-steps.js';
import { ortEngine } from './ort-engine.js';

type Step = (a: Tensor, b: Tensor) => Tensor;

/** Operations on [3, 4] tensors that keep values small and are continuous, so that rounding stays rounding. */
const steps: Readonly<Record<string, Step>> = {
  add,
  subtract,
  multiply: (a, b) => multiply(tanh(a), tanh(b)),
  maximum,
  relu: (a) => relu(a),
  abs: (a) => abs(a),
  tanh: (a) => tanh(a),
  sigmoid: (a) => sigmoid(a),
  cos: (a) => cos(a),
  exp: (a) => exp(clip(a, -2, 2)),
  softmax: (a) => softmax(a),
  logSoftmax: (a) => logSoftmax(a, { axis: 0 }),
  product: (a, b) => matmul(matmul(tanh(a), transpose(tanh(b))), sigmoid(a)),
  rows: (a) => broadcastTo(sum(a, { axes: 0 }), a.shape),
  columns: (a, b) => add(a, mean(b, { axes: 1, keepDims: true })),
  turn: (a, b) => concat([slice(a, { axis: 1, start: 2 }), slice(b, { axis: 1, stop: 2 })], { axis: 1 }),
  fold: (a) => reshape(transpose(reshape(a, [2, 6])), [3, 4]),
  choose: (a, b) => where(greater(a, b), a, b),
};

const names = Object.keys(steps);
const program = fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(), fc.nat()), { minLength: 1, maxLength: 12 });
const values = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 24, maxLength: 24 });

const engine = ortEngine({ threads: 1, fallback: false });

it.each([
  ['float32', 1e-4],
  ['float64', 1e-11],
] as const)('agree in %s', async (dtype, tolerance) => {
  await fc.assert(
    fc.asyncProperty(program, values, async (instructions, numbers) => {
      const { graph } = trace(
        (x: Tensor, y: Tensor) => {
          const known = [x, y];
          for (const [name, i, j] of instructions) known.push(steps[name](known[i % known.length], known[j % known.length]));
          return known;
        },
        { dtype, shape: [3, 4] },
        { dtype, shape: [3, 4] },
      );
      const inputs = [numbers.slice(0, 12), numbers.slice(12)].map((list) => asarray(list, { dtype, shape: [3, 4] }));
      const [here, there] = await Promise.all([engine.compile(graph), jsEngine.compile(graph)]);
      const [results, expected] = await Promise.all([here.run(inputs), there.run(inputs)]);
      results.forEach((result, i) => expectClose(result, expected[i], tolerance, `${dtype} ${graph.outputNames[i]}`));
      await here.dispose();
    }),
    { numRuns: 60 },
  );
});

const random = (choices: Choices, dtype: DType, shape: readonly number[]): NDArray =>
  asarray(choices.ints(shape.reduce((product, n) => product * n, 1), -2000, 2000).map((n) => n / 1000), { dtype, shape });

/** Where rounding grew by so much on the way, engines may differ by as much. */
const tolerances = { float64: 1e-8, float32: 1e-2 } as const;
const seeds = Array.from({ length: 150 }, (_, seed) => seed);

it.each(['float64', 'float32'] as const)('windows, indices, loops and functions of functions agree in %s, with their gradients', async (dtype) => {
  for (const seed of seeds) {
    const fn = randomFunction(seed, 2);
    const choices = new Choices(seed);
    const [x, y, weights] = [random(choices, dtype, SHAPE), random(choices, dtype, SHAPE), random(choices, dtype, SHAPE)];
    const loss = ([a, b]: Tensor[]): [Tensor, Tensor[]] => {
      const all = fn(a, b);
      return [sum(multiply(all[all.length - 1], weights)), all];
    };
    const { graph } = trace((a: Tensor, b: Tensor) => valueAndGrad(loss)([a, b]), x, y);
    const expected = prepare(graph)([x, y]);
    const executable = await engine.compile(graph);
    const runs = { optimized: prepare(optimize(graph))([x, y]), ort: await executable.run([x, y]) };
    await executable.dispose();
    for (const [run, results] of Object.entries(runs)) {
      results.forEach((result, i) => expectClose(result, expected[i], tolerances[dtype], `seed ${seed}, ${run} ${graph.outputNames[i]}`));
    }
    if (dtype === 'float32') continue;
    const [dx, dy] = expected.slice(-2);
    const direction = [random(choices, dtype, SHAPE), random(choices, dtype, SHAPE)];
    const slope = add(sum(multiply(dx, direction[0])), sum(multiply(dy, direction[1]))) as NDArray;
    const at = (h: number): number => (loss([x, y].map((v, i) => add(v, multiply(direction[i], h))))[0] as NDArray).item() as number;
    // One of several steps: a larger one may cross a kink, a smaller one round.
    const errors = [1e-4, 1e-5, 1e-6, 1e-7].map((h) => Math.abs((at(h) - at(-h)) / (2 * h) - Number(slope.item())));
    expect(Math.min(...errors), `seed ${seed}`).toBeLessThan(1e-4 * Math.max(1, Math.abs(Number(slope.item()))));
  }
}, 60_000);

it('a batch gives what its examples give one by one', () => {
  for (const seed of seeds) {
    const fn = randomFunction(seed + 1000, 2);
    const choices = new Choices(seed);
    const [x, y] = [random(choices, 'float64', [3, ...SHAPE]), random(choices, 'float64', [3, ...SHAPE])];
    const together = vmap(fn)(x, y) as NDArray[];
    for (let example = 0; example < 3; example++) {
      fn(row(x, example), row(y, example)).forEach((alone, i) => expectClose(row(together[i], example), alone as NDArray, 1e-9, `seed ${seed}`));
    }
  }
}, 60_000);
