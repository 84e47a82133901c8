/** Convolutions, pools and normalisations against PyTorch: values, gradients, second derivatives (test/golden/make_convolution.py). */
import { describe, expect, it } from 'vitest';
import golden from '../test/golden/convolution.json' with { type: 'json' };
import { grad, valueAndGrad } from './autodiff.js';
import type { DType } from './dtype.js';
import { batchNorm, batchNormTraining, groupNorm, instanceNorm, localResponseNorm, lpPool, rmsNorm } from './functions/index.js';
import { asarray, type NDArray } from './ndarray.js';
import { add } from './ops/add.js';
import { averagePool } from './ops/average-pool.js';
import { convTranspose } from './ops/conv-transpose.js';
import { conv } from './ops/conv.js';
import { layerNorm } from './ops/layer-normalization.js';
import { maxPool } from './ops/max-pool.js';
import { multiply } from './ops/mul.js';
import { sum } from './ops/reduce-sum.js';
import type { Tensor } from './tensor.js';

type Options = Record<string, never>;

/** The functions as the script calls them: all tensors first. */
const functions: Record<string, (inputs: readonly Tensor[], options: Options) => Tensor> = {
  conv: ([x, w, bias], options) => conv(x, w, { ...options, bias }),
  convTranspose: ([x, w, bias], options) => convTranspose(x, w, { ...options, bias }),
  maxPool: ([x], { kernel, ...options }) => maxPool(x, kernel, options),
  averagePool: ([x], { kernel, ...options }) => averagePool(x, kernel, options),
  lpPool: ([x], { kernel, ...options }) => lpPool(x, kernel, options),
  layerNorm: ([x, scale, bias], options) => layerNorm(x, { ...options, scale, bias }),
  batchNorm: ([x, mean, variance, scale, bias], options) => batchNorm(x, { mean, variance }, { ...options, scale, bias }),
  batchNormTraining: ([x, scale, bias], options) => batchNormTraining(x, { ...options, scale, bias }).y,
  groupNorm: ([x, scale, bias], { groups, ...options }) => groupNorm(x, groups, { ...options, scale, bias }),
  instanceNorm: ([x, scale, bias], options) => instanceNorm(x, { ...options, scale, bias }),
  rmsNorm: ([x, scale], options) => rmsNorm(x, { ...options, scale }),
  localResponseNorm: ([x], { size, ...options }) => localResponseNorm(x, size, options),
};

/** `numbers` of the script. */
function numbers(shape: readonly number[], start: number, dtype: DType): NDArray {
  const size = shape.reduce((product, n) => product * n, 1);
  const values = Float64Array.from({ length: size }, (_, i) => (((i + start) * 0.7548776662466927 + 0.3) % 1) - 0.5);
  return asarray(values, { dtype, shape });
}

const weighed = (y: Tensor, start: number): Tensor => sum(multiply(y, numbers(y.shape, start, y.dtype)));

function expectClose(actual: Tensor, expected: readonly number[], tolerance: number, what: string): void {
  const { data } = actual as NDArray;
  expect(data.length).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((want, i) => {
    const close = Math.abs(Number(data[i]) - want) <= tolerance * scale;
    expect(close, `${what}, element ${i}: ${data[i]}, PyTorch ${want}`).toBe(true);
  });
}

describe.each([
  ['float64', 1e-10],
  ['float32', 1e-5],
] as const)('%s', (dtype, tolerance) => {
  it.each(golden.cases.map((example) => [`${example.function} ${JSON.stringify(example.shapes)} ${JSON.stringify(example.options)}`, example] as const))(
    '%s',
    (_, { function: name, shapes, options, shape, y, gradients, second }) => {
      const inputs = shapes.map((size, i) => numbers(size, 10 * i, dtype));
      const fn = (args: readonly Tensor[]): Tensor => functions[name](args, options as unknown as Options);
      const [[, value], first] = valueAndGrad((args: readonly Tensor[]): readonly [Tensor, Tensor] => {
        const result = fn(args);
        return [weighed(result, 5), result];
      })(inputs) as unknown as [[Tensor, Tensor], Tensor[]];
      expect(value.shape).toEqual(shape);
      expectClose(value, y, tolerance, 'value');
      gradients.forEach((expected, i) => expectClose(first[i], expected, tolerance, `gradient ${i}`));
      const slope = (args: readonly Tensor[]): Tensor => {
        const all = grad((at: readonly Tensor[]) => weighed(fn(at), 5))(args) as readonly Tensor[];
        return all.map((g) => weighed(g, 7)).reduce((a, b) => add(a, b));
      };
      const curvature = grad(slope)(inputs) as unknown as Tensor[];
      second.forEach((expected, i) => expectClose(curvature[i], expected, tolerance, `second derivative ${i}`));
    },
  );
});

it.each(golden.ties)('the first of equals gets the gradient of a maximum: $shape', ({ shape, options: { kernel, ...options }, gradient }) => {
  const values = Float64Array.from(numbers(shape, 0, 'float64').data as Float64Array, (v) => Math.floor(v * 4));
  const x = asarray(values, { shape });
  const actual = grad((at: Tensor) => weighed(maxPool(at, kernel, options as object), 5))(x) as NDArray;
  expect([...actual.data]).toEqual(gradient.map((g) => g + 0));
});
