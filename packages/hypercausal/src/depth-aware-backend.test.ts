import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectError } from '../test/throws.js';
import { Backend } from './backend.js';
import { DepthAwareBackend, isDepthAware } from './depth-aware-backend.js';
import { Futures } from './futures.js';
import type { Vector } from './validation.js';

const backend = (options: object = {}): DepthAwareBackend => new DepthAwareBackend({ outputDim: 2, ...options });

/** Shows what the base class checks for its subclasses. */
class Echo extends Backend {
  run(): Float64Array {
    return this.requireInput();
  }

  projectFuture(state: Vector): Futures {
    this.validateState(state);
    return this.validateFutures(Futures.of([[1], [2], [3]]));
  }
}

describe('Backend', () => {
  it.each([0, -1, 1.5, NaN])('refuses %s channels', (outputDim) => {
    expectError('INVALID_ARGUMENT', 'outputDim', () => new Echo({ outputDim }));
  });

  it('refuses inputs, states and futures of another size', () => {
    expectError('SHAPE_MISMATCH', '3 numbers', () => backend().encode([1, 2, 3]));
    expectError('SHAPE_MISMATCH', 'state', () => backend().projectFuture([1]));
    expectError('SHAPE_MISMATCH', 'Expected: 2', () => new Echo({ outputDim: 2 }).projectFuture([1, 2]));
  });

  it('accepts any number of branches', () => {
    expect(new Echo({ outputDim: 1 }).projectFuture([1]).branches).toBe(3);
  });

  it('refuses to run before encode', () => {
    expectError('BACKEND_NOT_ENCODED', 'encode(x) before run()', () => backend().run());
  });

  it('copies its input, and lets NaN through', () => {
    const x = [1, NaN];
    const echo = new Echo({ outputDim: 2 });
    echo.encode(x);
    x[0] = 5;
    expect([...echo.run()]).toEqual([1, NaN]);
  });

  it('says what it can do', () => {
    expect(backend().capabilities()).toEqual({
      backendName: 'DepthAwareBackend',
      backendVersion: '0',
      maxQubits: 0,
      outputDim: 2,
      supportsShots: false,
      minShots: 0,
      maxShots: 0,
      supportsNoise: false,
      supportsBatch: false,
      gradient: 'none',
      notes: '',
    });
    expect(new Echo({ outputDim: 1, shots: 100 }).capabilities()).toMatchObject({ supportsShots: true, minShots: 100, maxShots: 100 });
  });
});

describe('DepthAwareBackend', () => {
  it('has the defaults of the reference', () => {
    const { w, b } = backend().getParams();
    expect([...w, ...b, backend().span, backend().depth]).toEqual([0.9, 0.05, 0.25, 1]);
  });

  it.each([
    [1, 1],
    [3, 3],
    [0, 1],
    [2.9, 2],
  ])('at depth %s applies its neuron %s times', (depth, times) => {
    const deep = backend({ w: 1.1, b: -0.2, depth });
    deep.encode([0.3, -0.7]);
    let s = [0.3, -0.7];
    for (let i = 0; i < times; i++) s = s.map((v) => Math.tanh(1.1 * v - 0.2));
    expect([...deep.run()]).toEqual(s);
  });

  it.each([
    [0.22, 2, 0.16923],
    [0.25, 2, 0.19231],
    [0.3, 2, 0.23077],
    [0.22, 3, 0.1375],
    [0.25, 3, 0.15625],
    [0.3, 3, 0.1875],
    // 0.22 / (1 + 0.3 * 9) would be 0.059.
    [0.22, 10, 0.1],
  ])('narrows a span of %s at depth %s to %s', (span, depth, expected) => {
    const deep = backend({ span, depth });
    expect(deep.span).toBeCloseTo(expected, 5);
    expect(deep.projectFuture([0, 0], 2).row(1)[0]).toBe(Math.tanh(deep.span));
  });

  it('takes another floor and another law of narrowing', () => {
    expect(backend({ span: 0.28, spanShrink: 0.25, spanFloor: 0.05, depth: 3 }).span).toBeCloseTo(0.28 / 1.5, 15);
    expect(backend({ span: 0.2, spanShrink: 0, depth: 7 }).span).toBe(0.2);
  });

  it('keeps parameters given to run', () => {
    const one = backend();
    one.encode([1, 1]);
    expect(one.run({ b: [0.5] })[0]).toBe(Math.tanh(0.9 + 0.5));
    expect(one.run()[0]).toBe(Math.tanh(0.9 + 0.5));
    expect([...one.getParams().w]).toEqual([0.9]);
  });

  it('gives copies of its parameters', () => {
    const one = backend();
    one.getParams().w[0] = 7;
    expect(one.getParams().w[0]).toBe(0.9);
  });

  it('refuses unknown parameters, and more or less than one number each', () => {
    expectError('UNKNOWN_NAME', "'weight'", () => backend().setParams({ weight: [1] }));
    expectError('UNKNOWN_NAME', "'constructor'", () => backend().setParams({ constructor: [1] } as never));
    expectError('SHAPE_MISMATCH', "'w'", () => backend().setParams({ w: [1, 2] }));
    expectError('SHAPE_MISMATCH', "'b'", () => backend().setParams({ b: [] }));
  });

  it('refuses a depth and options that are not finite', () => {
    expectError('INVALID_ARGUMENT', 'depth', () => (backend().depth = NaN));
    expectError('INVALID_ARGUMENT', 'w must', () => backend({ w: Infinity }));
  });

  it('stays within (-1, 1) at any depth', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(number, number, number, fc.integer({ min: 1, max: 8 }), (w, b, x, depth) => {
        const deep = backend({ w, b, depth });
        deep.encode([x, -x]);
        for (const v of deep.run()) expect(Math.abs(v)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

it('isDepthAware tells what has a depth', () => {
  expect(isDepthAware(backend())).toBe(true);
  expect(isDepthAware(new Echo({ outputDim: 1 }))).toBe(false);
});
