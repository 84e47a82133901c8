import { describe, expect, it } from 'vitest';
import { prediction } from '../../test/parts.js';
import { fresh, identity, type Candidate, type Trainable, type Value } from '../trainable.js';
import { atBest, beginEpoch, endEpoch, isMeasured, measured, poolOf, withPredictions, withValue } from './population.js';

const value = (n: number, ...examples: Value['examples'][number][]): Value => ({ n, examples }) as unknown as Value;
const start = fresh(value(0), [value(0)]);
const tried = (variable: Trainable, ...rewards: (readonly [Value, number])[]): Trainable =>
  rewards.reduce((now, [own, reward]) => measured(withValue(now, own), reward), variable);
const short = (pool: readonly Candidate[]) => pool.map(({ n, reward, count }) => [n, reward, count]);

describe('what was tried', () => {
  it('keeps the mean of all rewards of a value, wherever the value is', () => {
    const first = tried(start, [value(1), 1], [value(2), 0.5], [value(1), 0], [value(1), 0.2]);
    // The mean of 1, 0 and 0.2.
    expect(short(first.candidates)).toEqual([[1, expect.closeTo(0.4, 15), 3], [2, 0.5, 1]]);
    const second = tried(beginEpoch(endEpoch(first, poolOf(first))), [value(2), 0.1], [value(3), 1]);
    expect(short(second.bestCandidates)).toEqual([[1, expect.closeTo(0.4, 15), 3], [2, 0.3, 2]]);
    expect(short(second.candidates)).toEqual([[3, 1, 1]]);
  });

  it('tells values apart by own fields and examples, not by the order of names', () => {
    const [a, b] = [prediction(1, 1), prediction(2, 1)];
    const all = tried(start, [value(0, a), 0.5], [value(0, b), 1], [value(0, a, b), 0], [value(0), 0.1]);
    expect(all.candidates).toHaveLength(4);
    expect(identity({ x: 1, y: 2, examples: [] } as unknown as Value)).toBe(identity({ y: 2, examples: [], x: 1 } as unknown as Value));
    expect(isMeasured(withValue(all, value(0, b)))).toBe(true);
    expect(isMeasured(withValue(all, value(0, b, a)))).toBe(false);
  });

  it('puts the best in place; of equal ones the newest epoch has it, there the first', () => {
    const all = tried(start, [value(1), 0.5], [value(2), 0.7], [value(3), 0.7]);
    expect(atBest(all).n).toBe(2);
    const later = tried(beginEpoch(endEpoch(all, poolOf(all))), [value(4), 0.7]);
    expect(atBest(later).n).toBe(4);
    expect(atBest(start)).toBe(start);
  });

  it('ends an epoch: survivors, the best value, and the history without rewards and repetitions', () => {
    const [epoch1] = [tried(start, [value(1), 0.5], [value(2), 0.7])];
    const ended = endEpoch(epoch1, epoch1.candidates.slice(0, 1));
    expect(ended).toMatchObject({ n: 2, history: [{ n: 2, examples: [] }] });
    expect(short(ended.bestCandidates)).toEqual([[1, 0.5, 1]]);
    // Nothing is forgotten before the next epoch begins.
    expect(ended.candidates).toHaveLength(2);
    expect(endEpoch(ended, ended.bestCandidates).history).toHaveLength(1);
    const next = tried(beginEpoch(ended), [value(3), 0.9]);
    expect(endEpoch(next, poolOf(next)).history).toEqual([{ n: 2, examples: [] }, { n: 3, examples: [] }]);
  });

  it('collects predictions over an epoch, and the struggle of the last batch', () => {
    const one = withPredictions(start, [prediction(1, 0.5), prediction(2, null)]);
    const two = withPredictions(one, [prediction(3, 1)]);
    expect(one).toMatchObject({ nbVisit: 2, cumulativeReward: 0.5 });
    expect(two).toMatchObject({ nbVisit: 1, cumulativeReward: 1, predictions: [prediction(1, 0.5), prediction(2, null), prediction(3, 1)] });
    expect(beginEpoch(two)).toMatchObject({ predictions: [], candidates: [] });
  });
});
