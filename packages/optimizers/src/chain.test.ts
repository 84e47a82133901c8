import type { NDArray} from '@gradus/graph';
import { asarray, scalar } from '@gradus/graph';
import type { GradientTransform, Params, TransformState, UpdateContext } from '@gradus/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDecayedWeights, chain, momentumTrace, scaleByLearningRate, sgd } from './index.js';

/** A transform that writes down which hyperparameters it was given. */
function spy(name: string, hyperparameters: Record<string, number>): { transform: GradientTransform; seen: Record<string, number>[] } {
  const seen: Record<string, number>[] = [];
  return {
    seen,
    transform: {
      name,
      hyperparameters,
      init: () => ({}),
      update(gradients, state, _params, context) {
        seen.push(Object.fromEntries(Object.entries(context.hyperparameters).map(([key, value]) => [key, (value as NDArray).item()])));
        return [gradients, state];
      },
    },
  };
}

const context = (values: Record<string, number>): UpdateContext => ({
  hyperparameters: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, scalar(value)])),
});
const numbers = (tensor: unknown): number[] => Array.from((tensor as NDArray).data, Number);
const w = (...values: number[]): Params => ({ w: asarray(values) });

describe('chain', () => {
  it('hands updates on in order', () => {
    // 0.5 * (g + 2 p) = 0.5 * ([3, -1] + 2 * [1, 2]) = [2.5, 1.5], negated by the learning rate.
    const both = chain(addDecayedWeights({ weightDecay: 2 }), scaleByLearningRate({ learningRate: 0.5 }));
    const [updates] = both.update(w(3, -1), both.init(w(1, 2)), w(1, 2), context({ weightDecay: 2, learningRate: 0.5 }));
    expect(numbers(updates.w)).toEqual([-2.5, -1.5]);
    // The other way around decay is not scaled: -0.5 * g + 2 p.
    const other = chain(scaleByLearningRate({ learningRate: 0.5 }), addDecayedWeights({ weightDecay: 2 }));
    const [swapped] = other.update(w(3, -1), other.init(w(1, 2)), w(1, 2), context({ weightDecay: 2, learningRate: 0.5 }));
    expect(numbers(swapped.w)).toEqual([0.5, 4.5]);
  });

  it('keys its state by position and name', () => {
    const twice = chain(momentumTrace({ decay: 0.5 }), scaleByLearningRate({ learningRate: 1 }), momentumTrace({ decay: 0.5 }));
    const state = twice.init(w(0));
    expect(Object.keys(state)).toEqual(['0.momentumTrace', '1.scaleByLearningRate', '2.momentumTrace']);
    const [updates, next] = twice.update(w(8), state, w(0), context({ learningRate: 1 }));
    // Each trace keeps its own sum: 8 in the first; -8 arrives at the second.
    expect(numbers((next['0.momentumTrace'] as { trace: TransformState }).trace.w)).toEqual([8]);
    expect(numbers((next['2.momentumTrace'] as { trace: TransformState }).trace.w)).toEqual([-8]);
    expect(numbers(updates.w)).toEqual([-8]);
    expect(Object.keys(next)).toEqual(Object.keys(state));
  });

  it('keeps unique names bare and prefixes shared ones, and hands each its own', () => {
    const [a, b, c] = [spy('a', { rate: 1, left: 2 }), spy('b', { rate: 3 }), spy('c', { right: 4 })];
    const all = chain(a.transform, b.transform, c.transform);
    expect(all.hyperparameters).toEqual({ '0.rate': 1, left: 2, '1.rate': 3, right: 4 });
    all.update({}, all.init({}), {}, context({ '0.rate': 10, left: 20, '1.rate': 30, right: 40, rate: 50 }));
    expect([a.seen, b.seen, c.seen]).toEqual([[{ rate: 10, left: 20 }], [{ rate: 30 }], [{ right: 40 }]]);
  });

  it('nests: an inner name that equals a prefixed one is prefixed too', () => {
    const parts = ['a', 'b', 'c', 'd'].map((name, i) => spy(name, { rate: i }));
    const inner = chain(parts[2].transform, parts[3].transform);
    const outer = chain(parts[0].transform, parts[1].transform, inner);
    expect(outer.hyperparameters).toEqual({ '0.rate': 0, '1.rate': 1, '2.0.rate': 2, '2.1.rate': 3 });
    outer.update({}, outer.init({}), {}, context({ '0.rate': 10, '1.rate': 11, '2.0.rate': 12, '2.1.rate': 13 }));
    expect(parts.map(({ seen }) => seen[0].rate)).toEqual([10, 11, 12, 13]);
  });

  it('hands every value to exactly its owner, however chains nest', () => {
    type Shape = { readonly names: readonly string[] } | { readonly parts: readonly Shape[] };
    const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
      shape: fc.oneof(
        { maxDepth: 3 },
        fc.record({ names: fc.uniqueArray(fc.constantFrom('rate', 'decay', '0.rate', '1.rate'), { maxLength: 3 }) }),
        fc.record({ parts: fc.array(tie('shape'), { maxLength: 4 }) }),
      ),
    }));
    fc.assert(
      fc.property(shape, (root) => {
        const spies: { expected: Record<string, number>; seen: Record<string, number>[] }[] = [];
        let value = 0;
        const build = (node: Shape): GradientTransform => {
          if ('parts' in node) return chain(...node.parts.map(build));
          const expected = Object.fromEntries(node.names.map((name) => [name, value++]));
          const { transform, seen } = spy('leaf', expected);
          spies.push({ expected, seen });
          return transform;
        };
        const built = build(root);
        built.update({}, built.init({}), {}, context(built.hyperparameters as Record<string, number>));
        expect(Object.keys(built.hyperparameters ?? {})).toHaveLength(value);
        for (const { expected, seen } of spies) expect(seen).toEqual([expected]);
      }),
    );
  });

  it('is the identity without transforms', () => {
    const none = chain();
    expect(none.update(w(3), none.init(w(1)), w(1), context({}))).toEqual([w(3), {}]);
  });

  it('says which hyperparameter is missing', () => {
    const optimizer = sgd();
    const message = expect.stringMatching(/scaleByLearningRate.*'learningRate'.*hyperparametersAt/);
    expect(() => optimizer.update(w(1), optimizer.init(w(1)), w(1), context({ rate: 1 }))).toThrow(
      expect.objectContaining({ code: 'MISSING_HYPERPARAMETER', message }),
    );
  });
});
