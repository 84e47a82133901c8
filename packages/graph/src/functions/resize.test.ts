/** Every mode against the reference implementation of ONNX (test/golden/make_resize.py). */
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/resize.json' with { type: 'json' };
import { valueAndGrad } from '../autodiff.js';
import { asarray, zeros, type NDArray } from '../ndarray.js';
import { multiply } from '../ops/mul.js';
import { sum } from '../ops/reduce-sum.js';
import type { Tensor } from '../tensor.js';
import { resize, type ResizeOptions } from './resize.js';

const NAMES: Record<string, keyof ResizeOptions> = {
  coordinate_transformation_mode: 'coordinateMode',
  nearest_mode: 'nearestMode',
  cubic_coeff_a: 'cubicCoefficient',
  exclude_outside: 'excludeOutside',
  extrapolation_value: 'extrapolationValue',
  keep_aspect_ratio_policy: 'keepAspectRatio',
};
const FLAGS = ['antialias', 'exclude_outside'];

const optionsOf = (options: object): ResizeOptions =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [NAMES[key] ?? key, FLAGS.includes(key) ? value === 1 : value]));

const image = asarray(Float64Array.from(golden.x), { shape: [4, 5] });

describe('resize', () => {
  it.each(golden.cases.map((example) => [JSON.stringify(example.options), example] as const))('%s', (_, { options, shape, y }) => {
    const result = resize(image, optionsOf(options)) as NDArray;
    expect(result.shape).toEqual(shape);
    y.forEach((want, i) => expect(result.data[i]).toBeCloseTo(want, 12));
  });

  it('takes the rounded length where the text of the operator does', () => {
    const x = asarray([1, 2, 3, 4, 50]);
    const read = (options: ResizeOptions): unknown => (resize(x, options) as NDArray).toArray();
    // 5 * 0.75 = 3.75 makes 3 pixels, at 0, 2 and 4.
    expect(read({ scales: [0.75], mode: 'linear', coordinateMode: 'align_corners' })).toEqual([1, 3, 50]);
    expect(read({ sizes: [1], mode: 'linear', coordinateMode: 'align_corners' })).toEqual([1]);
    expect(read({ sizes: [1], mode: 'linear', coordinateMode: 'pytorch_half_pixel' })).toEqual([1]);
    expect(read({ sizes: [1], mode: 'linear', coordinateMode: 'half_pixel' })).toEqual([3]);
    // In the middle of the part shown, from 0.5 * 4 to 1 * 4.
    expect(read({ sizes: [1], coordinateMode: 'tf_crop_and_resize', roi: [0.5, 1] })).toEqual([4]);
  });

  it('resizes chosen axes of a batch', () => {
    const x = asarray(Float64Array.from({ length: 24 }, (_, i) => i), { shape: [2, 2, 2, 3] });
    const all = resize(x, { scales: [1, 1, 2, 2], mode: 'linear' }) as NDArray;
    expect(resize(x, { axes: [-1, 2], scales: [2, 2], mode: 'linear' })).toEqual(all);
    expect(all.shape).toEqual([2, 2, 4, 6]);
    expect((resize(asarray([[true, false]]), { sizes: [1, 4] }) as NDArray).toArray()).toEqual([[true, true, false, false]]);
  });

  it('is linear: the gradient of a weighted sum is the sum of weights', () => {
    for (const mode of ['nearest', 'linear', 'cubic'] as const) {
      const options: ResizeOptions = { sizes: [6, 3], mode };
      const weights = asarray(Float64Array.from({ length: 18 }, (_, i) => Math.sin(i)), { shape: [6, 3] });
      const gradient = valueAndGrad((x: Tensor) => sum(multiply(resize(x, options), weights)))(image)[1] as NDArray;
      golden.x.forEach((_, i) => {
        const unit = zeros([4, 5], 'float64');
        unit.data[i] = 1;
        const shares = (resize(unit, options) as NDArray).data as Float64Array;
        expect(gradient.data[i]).toBeCloseTo(shares.reduce((total, share, j) => total + share * Number(weights.data[j]), 0), 13);
      });
    }
  });

  it('says what it does not take', () => {
    expect(() => resize(image, {})).toThrow(/what is wanted is not clear.*INVALID_ARGUMENT/);
    expect(() => resize(image, { scales: [2] })).toThrow(/for 2 axes/);
    expect(() => resize(image, { sizes: [2, 2], scales: [1, 1] })).toThrow(/either sizes/);
    expect(() => resize(image, { sizes: [2, 2], mode: 'area' as never })).toThrow(/resize: no such mode. Received: area/);
    expect(() => resize(zeros([2], 'int32'), { sizes: [3], mode: 'linear' })).toThrow(/DTYPE_MISMATCH/);
    expect(() => resize(zeros([0]), { sizes: [3] })).toThrow(/axis 0 is empty/);
  });
});
