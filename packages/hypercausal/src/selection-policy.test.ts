import fc from 'fast-check';
import { asarray } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { Futures } from './futures.js';
import { meanPolicy, medianPolicy, minRiskPolicy } from './selection-policy.js';

const four = Futures.of([[1, 2], [3, 4], [10, 0], [0, 1]]);

describe('meanPolicy', () => {
  it('takes column means', () => {
    expect(meanPolicy.select(four)).toEqual({ future: Float64Array.of(3.5, 1.75), diagnostics: { policy: 'mean', branches: 4 } });
  });

  it('stays between the smallest and the largest branch', () => {
    const row = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), (rows) => {
        const { future } = meanPolicy.select(Futures.of(rows));
        future.forEach((v, d) => {
          const column = rows.map((branch) => branch[d]);
          expect(v).toBeGreaterThanOrEqual(Math.min(...column) - 1e-15);
          expect(v).toBeLessThanOrEqual(Math.max(...column) + 1e-15);
        });
      }),
    );
  });

  it('is the same in tensors', () => {
    const tensor = meanPolicy.selectTensor!(asarray(four.data, { shape: [1, 4, 2] })) as ReturnType<typeof asarray>;
    expect(tensor.toArray()).toEqual([[3.5, 1.75]]);
  });
});

describe('medianPolicy', () => {
  it('takes the middle of an odd number of branches, and between the middle two of an even one', () => {
    expect([...medianPolicy.select(four).future]).toEqual([2, 1.5]);
    expect([...medianPolicy.select(Futures.of([[5], [-1], [2]])).future]).toEqual([2]);
  });

  it('is NaN where a branch is, and leaves the futures as they are', () => {
    const futures = Futures.of([[3, 1], [NaN, 0], [1, 2]]);
    expect([...medianPolicy.select(futures).future]).toEqual([NaN, 1]);
    expect([...futures.data]).toEqual([3, 1, NaN, 0, 1, 2]);
  });
});

describe('minRiskPolicy', () => {
  const first = minRiskPolicy((branch) => branch[0]);

  it('takes the branch of least risk and says which', () => {
    expect(first.select(four)).toEqual({
      future: Float64Array.of(0, 1),
      diagnostics: { policy: 'min-risk', branches: 4, chosenIndex: 3, minScore: 0 },
    });
  });

  it('takes the first of equal risks', () => {
    expect(minRiskPolicy(() => 1).select(four).diagnostics.chosenIndex).toBe(0);
  });

  it('lets the first NaN win', () => {
    const at = (...risks: number[]): unknown => first.select(Futures.of(risks.map((risk) => [risk]))).diagnostics.chosenIndex;
    expect([at(1, NaN, 0, NaN), at(NaN, 0), at(0, 1, NaN)]).toEqual([1, 0, 2]);
  });

  it('gives a copy', () => {
    const futures = Futures.of([[1], [2]]);
    first.select(futures).future[0] = 9;
    expect([...futures.data]).toEqual([1, 2]);
  });
});
