import { fakeTrainContext } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { depthAt, depthScheduler } from './depth-scheduler.js';

const depths = (start: number, end: number, epochs: number, upTo: number): number[] =>
  Array.from({ length: upTo }, (_, epoch) => depthAt(epoch, { start, end, epochs }));

describe('depthAt', () => {
  // Published numbers of the hyper-causal callback; the halves tell round-half-to-even from other rounding.
  it.each([
    [1, 3, 11, [1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3]],
    [1, 6, 10, [1, 2, 2, 2, 3, 4, 4, 4, 5, 6, 6, 6]],
    [1, 2, 2, [1, 2, 2]],
    [2, 3, 2, [2, 2, 3]],
    [3, 1, 4, [3, 2, 2, 2, 1]],
    [1, 3, 0, [1, 3, 3]],
    // 0, -0.5, -1, -1.5, -2 with halves to even.
    [0, -2, 4, [0, 0, -1, -2, -2]],
  ])('from %d to %d in %d epochs', (start, end, epochs, expected) => {
    expect(depths(start, end, epochs, expected.length).map((depth) => depth + 0)).toEqual(expected);
  });

  it('defaults to 1 to 6 in 10 epochs, and stays inside', () => {
    expect([-1, 0, 5, 10, 99].map((epoch) => depthAt(epoch))).toEqual([1, 1, 4, 6, 6]);
  });
});

describe('depthScheduler', () => {
  const at = (epoch: number, options: Parameters<typeof depthScheduler>[0], model: object = {}): void =>
    void depthScheduler(options).onEpochBegin!(epoch, fakeTrainContext({ model: model as never }));

  it('sets the depth of the model, and only where there is one', () => {
    const [deep, flat] = [{ depth: 0 }, { width: 3 }];
    at(10, {}, deep);
    at(10, {}, flat);
    expect([deep, flat]).toEqual([{ depth: 6 }, { width: 3 }]);
  });

  it('sets the depth of targets instead, accessors included', () => {
    const accessor = new (class {
      #depth = 0;
      get depth(): number {
        return this.#depth;
      }
      set depth(value: number) {
        this.#depth = value;
      }
    })();
    const [model, plain, flat] = [{ depth: 0 }, { depth: 0 }, {}];
    at(11, { start: 1, end: 3, epochs: 11, target: [plain, flat, accessor] }, model);
    expect([model.depth, plain.depth, flat, accessor.depth]).toEqual([0, 3, {}, 3]);
  });

  it('refuses a depth that cannot be set', () => {
    expect(() => at(0, { target: Object.freeze({ depth: 1 }) })).toThrow(/cannot set the depth.*frozen.*\[INVALID_ARGUMENT\]/);
    expect(() => at(0, { target: { get depth() { return 1; } } })).toThrow(/read-only/);
  });

  it.each([[{ start: NaN }, /'start'/], [{ epochs: -1 }, /'epochs'/], [{ target: [1] }, /'target'/], [{ starts: 3 }, /no option 'starts'.*Did you mean 'start'/]])(
    'refuses %j',
    (options, message) => expect(() => depthScheduler(options as never)).toThrow(message),
  );
});
