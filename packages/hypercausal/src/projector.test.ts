import fc from 'fast-check';
import { asarray } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { expectError } from '../test/throws.js';
import { Futures } from './futures.js';
import { LinearProjector } from './projector.js';

const close = (actual: ArrayLike<number>, expected: readonly number[], digits = 8): void =>
  expected.forEach((v, i) => expect(actual[i]).toBeCloseTo(v, digits));

describe('LinearProjector', () => {
  it('gives the reference values', () => {
    const futures = new LinearProjector({ weight: 0.9, bias: 0.1, span: 0.3 }).project([0.2, -0.1], 3);
    expect([futures.branches, futures.dim]).toEqual([3, 2]);
    close(futures.data, [-0.01999733, -0.28213481, 0.27290508, 0.00999967, 0.52266543, 0.3004371]);
  });

  it('spaces its branches evenly and ends exactly at the span', () => {
    const offsets = new LinearProjector({ span: 0.22 }).project([0], 5).data.map(Math.atanh);
    close(offsets, [-0.22, -0.11, 0, 0.11, 0.22], 15);
    // -0.3 + 3 * (0.6 / 3) is 0.30000000000000004: the last offset does not carry that error.
    expect(new LinearProjector({ span: 0.3 }).project([0], 4).data[3]).toBe(Math.tanh(0.3));
  });

  it('defaults to weight 1, bias 0, span 0.2 and two branches', () => {
    expect([...new LinearProjector().project([0.5]).data]).toEqual([Math.tanh(0.5 - 0.2), Math.tanh(0.5 + 0.2)]);
  });

  it.each([-3, 0, 1, 2.9])('takes %s branches as 2', (branches) => {
    expect(new LinearProjector().project([0.1], branches).branches).toBe(2);
  });

  it('puts a bounded state through tanh once more', () => {
    expect(new LinearProjector({ span: 0.25 }).project([0.7], 3).data[1]).toBe(Math.tanh(0.7));
  });

  it('has branches that rise with the offset, and fall for a negative span', () => {
    const state = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(state, fc.double({ min: 0.01, max: 1, noNaN: true }), fc.integer({ min: 2, max: 9 }), (s, span, k) => {
        const up = new LinearProjector({ span }).project(s, k);
        const down = new LinearProjector({ span: -span }).project(s, k);
        for (let j = 1; j < k; j++) {
          for (let d = 0; d < s.length; d++) {
            expect(up.row(j)[d]).toBeGreaterThan(up.row(j - 1)[d]);
            expect(down.row(j)[d]).toBeLessThan(down.row(j - 1)[d]);
          }
        }
        expect([...down.row(0)]).toEqual([...up.row(k - 1)]);
      }),
    );
  });

  it('writes into the futures it is given', () => {
    const out = new Futures(3, 1);
    expect(new LinearProjector().project([0.1], 3, out)).toBe(out);
    expect(out.data).toEqual(new LinearProjector().project([0.1], 3).data);
  });

  it('is the same in tensors', () => {
    const projector = new LinearProjector({ weight: 1.1, bias: -0.2, span: 0.3 });
    const states = [[0.1, -0.4], [0.9, 0.2], [-1, 0]];
    const tensor = projector.projectTensor(asarray(states, { dtype: 'float64' }), 4) as ReturnType<typeof asarray>;
    expect(tensor.shape).toEqual([3, 4, 2]);
    states.forEach((state, t) => {
      const expected = projector.project(state, 4).data;
      close((tensor.data as Float64Array).subarray(t * 8, t * 8 + 8), [...expected], 15);
    });
  });

  it('refuses numbers that are not finite, by name', () => {
    expectError('INVALID_ARGUMENT', 'span', () => new LinearProjector({ span: NaN }));
    expectError('INVALID_ARGUMENT', 'branches', () => new LinearProjector().project([0], NaN));
  });
});

describe('Futures', () => {
  it('keeps rows', () => {
    const futures = Futures.of([[1, 2], [3, 4]]);
    expect(futures.rows().map((row) => [...row])).toEqual([[1, 2], [3, 4]]);
  });

  it('refuses ragged rows and data of another size', () => {
    expectError('SHAPE_MISMATCH', 'Branch 1', () => Futures.of([[1, 2], [3]]));
    expectError('SHAPE_MISMATCH', '2 branches of 2', () => new Futures(2, 2, new Float64Array(3)));
  });
});
