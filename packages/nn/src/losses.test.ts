import { asarray, cast, valueAndGrad, type NDArray, type Nested, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import golden from '../test/golden/losses.json' with { type: 'json' };
import { accuracy, meanAbsoluteError, meanSquaredError, sigmoidBinaryCrossEntropy, softmaxCrossEntropy } from './index.js';

const f64 = (values: Nested): NDArray => asarray(values, { dtype: 'float64' });
const i32 = (values: Nested): NDArray => asarray(values, { dtype: 'int32' });
const measure = (logits: Tensor, labels: Tensor): Tensor => accuracy.result(accuracy.statistics(logits, labels));

describe('values and gradients equal those of PyTorch', () => {
  const cases = {
    softmaxCrossEntropy: (z: Tensor) => softmaxCrossEntropy(z, i32(golden.labels)),
    meanSquaredError: (z: Tensor) => meanSquaredError(z, f64(golden.targets)),
    meanAbsoluteError: (z: Tensor) => meanAbsoluteError(z, f64(golden.targets)),
    sigmoidBinaryCrossEntropy: (z: Tensor) => sigmoidBinaryCrossEntropy(z, f64(golden.probabilities)),
  };
  for (const [name, loss] of Object.entries(cases)) {
    it(name, () => {
      const [value, gradient] = valueAndGrad(loss)(f64(golden.logits)) as unknown as [NDArray, NDArray];
      const expected = golden[name as keyof typeof cases];
      expect(value.item()).toBeCloseTo(expected.value, 13);
      const flat = expected.gradient.flat();
      (gradient.data as Float64Array).forEach((v, i) => expect(v).toBeCloseTo(flat[i], 13));
    });
  }
});

it('stay finite for extreme logits', () => {
  const z = f64([
    [1000, -1000],
    [-1000, 1000],
  ]);
  expect((softmaxCrossEntropy(z, i32([1, 1])) as NDArray).item()).toBe(1000);
  expect(
    (
      sigmoidBinaryCrossEntropy(
        z,
        asarray([
          [true, false],
          [true, true],
        ]),
      ) as NDArray
    ).item(),
  ).toBe(250);
});

it('softmaxCrossEntropy is NaN for a label outside of the classes, so that training stops', () => {
  const z = f64([
    [1, 2, 3],
    [1, 2, 3],
  ]);
  for (const bad of [-1, 3]) expect((softmaxCrossEntropy(z, i32([0, bad])) as NDArray).item()).toBeNaN();
});

it('accuracy counts the samples whose largest logit is at the label', () => {
  const logits = asarray([
    [0.1, 0.9],
    [2, 1],
    [3, 4],
    [0, -1],
  ]);
  expect((measure(logits, i32([1, 0, 0, 1])) as NDArray).item()).toBe(0.5);
  expect((measure(logits, cast(i32([1, 0, 1, 0]), 'int64')) as NDArray).item()).toBe(1);
  expect(accuracy.direction).toBe('max');
});

it.each([
  [() => softmaxCrossEntropy(f64([[1, 2]]), f64([0])), 'DTYPE_MISMATCH', /labels float64\[1\].*int32\[1\].*asarray/],
  [() => softmaxCrossEntropy(f64([[1, 2]]), i32([[0]])), 'SHAPE_MISMATCH', /int32\[1, 1\].*int32\[1\]/],
  [() => measure(f64([[1, 2]]), i32([0, 1])), 'SHAPE_MISMATCH', /^accuracy: labels/],
  // [2, 1] and [2] would broadcast to [2, 2] and train on nonsense.
  [() => meanSquaredError(f64([[1], [2]]), f64([1, 2])), 'SHAPE_MISMATCH', /float64\[2, 1\] and float64\[2\]/],
  [() => meanAbsoluteError(f64([1]), asarray([1])), 'DTYPE_MISMATCH', /float64\[1\] and float32\[1\]/],
] as const)('refuses what does not fit: %s', (act, code, message) => {
  let error: unknown;
  try {
    act();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
});
