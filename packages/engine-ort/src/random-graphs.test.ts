/** Random expressions: ONNX Runtime and the interpreter agree. */
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
  where,
  type Tensor,
} from '@gradus/graph';
import fc from 'fast-check';
import { it } from 'vitest';
import { expectClose } from '../test/expect-close.js';
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
