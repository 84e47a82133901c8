/** Labels that are looked at, and random projections. */
import { asarray, matmul, normal, randomKey, type NDArray, type Nested } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { numbers } from '../../test/golden.js';
import { encodeLabels, labelledData, randomProjection } from '../index.js';

const x = [[1], [2]];
const f64 = (values: Nested): NDArray => asarray(values, { dtype: 'float64' });
const classes = (values: number[]): NDArray => asarray(values, { dtype: 'int32' });

describe('labelledData', () => {
  it('is inMemory where labels are classes, or what the mode says', () => {
    const source = labelledData({ x, y: classes([2, 0]) }, { classes: 3, batchSize: 1, shuffle: false });
    expect([...source.batches(0)].map(({ y }) => y.toArray())).toEqual([[2], [0]]);
    for (const [labels, y] of [
      ['signs', [[1, -1], [-1, 1]]],
      ['bits', [[1, 0], [0, 1]]],
      ['any', [[0.3, 9], [7, 2]]],
    ] as const) {
      expect(labelledData({ x, y: f64(y as never) }, { classes: 2, labels }).size).toBe(2);
    }
    const rescaled = encodeLabels(classes([1, 0]), { mode: 'rescaled', classes: [10] }) as NDArray;
    expect(labelledData({ x, label: rescaled }, { classes: 10, labels: 'rescaled', target: 'label' }).size).toBe(2);
  });

  it.each([
    [() => labelledData({ x, y: f64([[1, -1], [1, 0.5]]) }, { classes: 2 }), 'INVALID_LABELS', /0\.5 in row 1.*1 at the class and -1 beside it.*int32, or choose \{ labels: 'any' \} in/],
    [() => labelledData({ x, y: f64([[1, 0], [0, 1]]) }, { classes: 2 }), 'INVALID_LABELS', /0 in row 0.*int32, or choose \{ labels: 'bits' \} in localNetwork and labelledData\./],
    [() => labelledData({ x, y: f64([1, 0]) }, { classes: 2 }), 'INVALID_LABELS', /0 in row 1.*Give classes as int32\. \[/],
    [() => labelledData({ x, y: f64([[NaN, -1], [1, 1]]) }, { classes: 2 }), 'INVALID_LABELS', /NaN in row 0.*Give classes as int32\. \[/],
    [() => labelledData({ x, y: f64([[1, 2], [1, Infinity]]) }, { classes: 2, labels: 'any' }), 'INVALID_LABELS', /Infinity in row 1.*finite numbers/],
    [() => labelledData({ x, y: classes([0, 3]) }, { classes: 3 }), 'INVALID_LABELS', /3 in row 1.*classes from 0 to 2/],
    [() => labelledData({ x, y: classes([-1, 0]) }, { classes: 3 }), 'INVALID_LABELS', /-1 in row 0/],
    [() => encodeLabels(f64([[2, -1]]), { classes: [2] }), 'INVALID_LABELS', /2 in row 0/],
    [() => labelledData({ x }, { classes: 3 }), 'UNKNOWN_NAME', /no field 'y'.*Received: x/],
    [() => labelledData({ x, y: classes([0]) }, { classes: 3 }), 'DATA_SIZE_MISMATCH', /x has 2, y has 1/],
    [() => labelledData({ x, y: classes([0, 1]) }, {} as never), 'INVALID_ARGUMENT', /needs the option 'classes'/],
  ] as const)('refuses others: %s', (act, code, message) => {
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

describe('randomProjection', () => {
  const images = normal(randomKey(1), [6, 4, 5], { dtype: 'float64' }) as NDArray;
  it('is a product with one random matrix, then a transform', () => {
    const plain = randomProjection({ in: 20, out: 7, transform: 'identity', seed: 3 })(images);
    const matrix = numbers(normal(randomKey(3), [20, 7], { dtype: 'float64' })).map((v) => v / Math.sqrt(20));
    const expected = numbers(matmul(asarray(images, { shape: [6, 20] }), asarray(Float64Array.from(matrix), { shape: [20, 7] })));
    numbers(plain).forEach((v, i) => expect(v).toBeCloseTo(expected[i], 13));
    const with_ = (transform?: 'sign' | 'tanh'): number[] => numbers(randomProjection({ in: 20, out: 7, transform, seed: 3 })(images));
    expect(with_()).toEqual(numbers(plain).map((v) => (v >= 0 ? 1 : -1)));
    with_('tanh').forEach((v, i) => expect(v).toBeCloseTo(Math.tanh(numbers(plain)[i]), 14));
  });
  it('gives 0 the sign 1', () => {
    expect(numbers(randomProjection({ in: 2, out: 3 })(f64([[0, 0]])))).toEqual([1, 1, 1]);
  });
  it('wants the size it was made for', () => {
    expect(() => randomProjection({ in: 21, out: 7 })(images)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});
