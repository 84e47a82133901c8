import type { Json } from '@gradus/core';
import { randomKey } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import {
  cosineSimilarity, defineProgram, exactMatch, lmAsJudge, programAsJudge, rewardFunction, weightedRewards,
  type Judged, type JudgeScale, type LanguageModelRequest, type Reward, type RewardContext,
} from '../index.js';
import { reduce } from './reward.js';
import { reduceBatch, rewardOf, scoreSample } from './score.js';

const context = (emit: RewardContext['emit'] = null): RewardContext => ({ input: { question: 'q' }, key: randomKey(0), training: true, emit });
const rewardOfOne = async (reward: Reward, target: Json, output: Json, told = context()): Promise<number | null> =>
  rewardOf(reward, await scoreSample(reward, target, output, told));

describe('reductions', () => {
  it.each([['mean', 2], ['sum', 6], ['min', -1], ['max', 4]] as const)('%s', (reduction, value) => {
    expect(reduce([3, -1, 4], reduction)).toBe(value);
    expect(reduce([], reduction)).toBe(0);
  });

  it.each([['mean', 0.5], ['sum', 2], ['min', 0], ['max', 1]] as const)('of a batch: %s', async (reduction, value) => {
    const reward = exactMatch({ reduction });
    const scores = await Promise.all([1, 2, 3, 4].map((output) => scoreSample(reward, output % 2, 1, context())));
    expect(reduceBatch(reward, scores).total).toBe(value);
  });

  it('takes what cannot be told as 0 in the batch, and says so of the sample', async () => {
    const reward = rewardFunction((target) => (target === 'unknown' ? null : 1), { name: 'r' });
    const scores = await Promise.all(['unknown', 'x'].map((target) => scoreSample(reward, target, 1, context())));
    expect(reduceBatch(reward, scores).total).toBe(0.5);
    expect(scores.map((each) => rewardOf(reward, each))).toEqual([null, 1]);
  });

  it('are named when they are wrong', () => {
    expect(() => exactMatch({ reduction: 'median' as never })).toThrow(/'reduction' of exactMatch.*'median'.*'mean', 'sum', 'min', 'max'/);
    expect(() => cosineSimilarity({ embed: () => [], reduction: 'none' as never })).toThrow(/cosineSimilarity/);
  });
});

describe('exactMatch', () => {
  it.each([
    [{ a: 1, b: [2] }, { b: [2], a: 1 }, {}, 1],
    [{ a: 1 }, { a: 2 }, {}, 0],
    [[1, 2], [2, 1], {}, 0],
    [{ a: 1 }, { a: 1, b: null }, {}, 0],
    [null, null, {}, 0],
    [null, 1, {}, 0],
    [1, null, {}, 0],
    [{ answer: 1, thinking: 'a' }, { answer: 1, thinking: 'b' }, { outMask: ['thinking'] }, 1],
    [{ answer: 1, thinking: 'a' }, { answer: 1, thinking: 'b' }, { inMask: ['answers'] }, 1],
    [{ answer: 1, thinking: 'a' }, { answer: 2, thinking: 'a' }, { inMaskPattern: 'think' }, 1],
  ])('of %j and %j with %j is %d', async (target, output, options, reward) => {
    expect(await rewardOfOne(exactMatch(options), target as Json, output as Json)).toBe(reward);
  });
});

describe('cosineSimilarity', () => {
  const vectors: Record<string, number[]> = { east: [2, 0], north: [0, 3], west: [-1, 0], northeast: [1, 1], nowhere: [0, 0] };
  const asked: string[][] = [];
  const reward = (options = {}) => cosineSimilarity({ embed: (texts) => (asked.push([...texts]), texts.map((text) => vectors[text])), ...options });

  it.each([
    ['east', 'east', 1], ['east', 'north', 0.5], ['east', 'west', 0], ['east', 'nowhere', 0.5],
    // cos 45° = 1 / √2
    ['east', 'northeast', (Math.SQRT1_2 + 1) / 2],
    // The mean of 1 and 0.5; fields in the order of their names.
    [{ b: 'north', a: 'east' }, { a: 'east', b: 'east' }, 0.75],
    // A field too many is 0.
    [['east'], ['east', 'north'], 0.5],
    [null, 'east', 0], ['east', null, 0],
  ])('of %j and %j is %d', async (target, output, value) => expect(await rewardOfOne(reward(), target as Json, output as Json)).toBeCloseTo(value, 14));

  it('reduces fields as told, and embeds all texts of a sample at once', async () => {
    asked.length = 0;
    expect(await rewardOfOne(reward({ reduction: 'min' }), ['east', 'north'], ['east', 'east'])).toBe(0.5);
    expect(await rewardOfOne(reward({ inMask: ['a'] }), { a: 'east', b: 'x' }, { a: 'east', b: 'y' })).toBe(1);
    expect(asked).toEqual([['east', 'north', 'east', 'east'], ['east', 'east']]);
  });

  it('needs a function that embeds', () => expect(() => cosineSimilarity({} as never)).toThrow(/needs the option 'embed'/));
});

describe('rewardFunction', () => {
  it('asks about masked values and the input, reduces lists, and does not ask about failures', async () => {
    const seen: unknown[] = [];
    const reward = rewardFunction((target, output, { input }) => (seen.push([target, output, input]), [1, 0, 0.5]), { outMask: ['x'], reduction: 'max', name: 'mine' });
    expect(reward.name).toBe('mine');
    expect(await rewardOfOne(reward, { a: 1, x: 2 }, { a: 3 })).toBe(1);
    expect(await rewardOfOne(reward, 1, null)).toBe(0);
    expect(seen).toEqual([[{ a: 1 }, { a: 3 }, { question: 'q' }]]);
    expect(rewardFunction(function lengthOf() { return 1; }).name).toBe('lengthOf');
  });

  it.each([[NaN, 'NaN'], [Infinity, 'Infinity'], ['1', '1'], [undefined, 'undefined']])('refuses %s as a reward', async (value, received) => {
    await expect(rewardOfOne(rewardFunction(() => value as never, { name: 'bad' }), 1, 1)).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_REPORT', message: expect.stringContaining(`Reward 'bad' gave no reward. Received: ${received}`) }),
    );
  });
});

describe('weightedRewards', () => {
  const low = rewardFunction(() => 0.5, { name: 'low', reduction: 'max' });
  const sometimes = rewardFunction((target) => (target === 1 ? 1 : null), { name: 'sometimes', reduction: 'mean' });

  it('adds weighted rewards, also of such sums', async () => {
    const inner = weightedRewards([[low, 2], [sometimes, 1]]);
    const reward = weightedRewards([[exactMatch(), 0.25], [inner, 10]]);
    expect(await rewardOfOne(inner, 1, 1)).toBe(2);
    expect(await rewardOfOne(reward, 1, 1)).toBe(20.25);
    expect(await rewardOfOne(reward, 2, 1)).toBe(10);
    const scores = await Promise.all([1, 2].map((target) => scoreSample(reward, target, 1, context())));
    // exact: mean of 1 and 0; low: the larger of 0.5 and 0.5; sometimes: mean of 1 and 0.
    expect(reduceBatch(reward, scores)).toEqual({ total: 0.25 * 0.5 + 20 * 0.5 + 10 * 0.5, parts: [0.5, 0.5, 0.5] });
  });

  it('cannot be told where no part can', async () => {
    const reward = weightedRewards([[sometimes, 1]]);
    expect(await rewardOfOne(reward, 2, 1)).toBe(null);
    expect(await rewardOfOne(weightedRewards([[sometimes, 1], [low, 1]]), 2, 1)).toBe(0.5);
  });

  it.each([
    [[], 'INVALID_ARGUMENT', /no rewards/],
    [[[low, NaN]], 'INVALID_ARGUMENT', /weight NaN of 'low'/],
    [[[low, 1], [low, 2]], 'DUPLICATE_NAME', /Two rewards are named 'low'/],
  ])('refuses %j', (parts, code, message) => {
    expect(() => weightedRewards(parts as never)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

describe('programAsJudge', () => {
  const judge = (answer: (judged: Judged) => Json) => defineProgram({ name: 'judge', run: answer });

  it('asks a program about input, target and output', async () => {
    const seen: Judged[] = [];
    const reward = programAsJudge(judge((judged) => (seen.push(judged), { reward: 0.75, why: 'x' })), { outMask: ['thinking'] });
    expect(reward.name).toBe('judge');
    expect(await rewardOfOne(reward, { a: 1 }, { a: 2, thinking: 3 })).toBe(0.75);
    expect(await rewardOfOne(reward, 1, null)).toBe(0);
    expect(seen).toEqual([{ input: { question: 'q' }, target: { a: 1 }, output: { a: 2 } }]);
  });

  it('gives 0 where the judge fails, tells of it, and refuses other answers', async () => {
    const events: unknown[] = [];
    expect(await rewardOfOne(programAsJudge(judge(() => null)), 1, 1, context((...event) => events.push(event)))).toBe(0);
    expect(events).toEqual([['judge_failed', { reward: 'judge', received: 'null' }]]);
    await expect(rewardOfOne(programAsJudge(judge(() => ({ score: 1 }))), 1, 1)).rejects.toThrow(/judge 'judge' gave no reward.*\{"score":1\}/);
  });
});

describe('lmAsJudge', () => {
  const judging = (judgement: Json, scale?: JudgeScale, options = {}) => {
    const requests: LanguageModelRequest[] = [];
    const model = async (request: LanguageModelRequest) => (requests.push(request), judgement);
    return { reward: lmAsJudge({ model, ...(scale && { scale }), ...options }), requests };
  };

  it.each([
    ['score', [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], 0.3, 0.3],
    ['rating', [1, 2, 3, 4, 5], 4, 0.75],
    ['rating10', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 4, 1 / 3],
  ] as const)('offers the scale %s and normalises', async (scale, scores, chosen, value) => {
    const { reward, requests } = judging({ critique: 'c', reward: chosen }, scale);
    expect(await rewardOfOne(reward, null, 'o')).toBe(value);
    expect((requests[0].schema!.properties as { reward: { enum: number[] } }).reward.enum).toEqual(scores);
  });

  it.each([['fineScore', 21, 0.85, 0.85], ['rating20', 20, 20, 1], ['rating20', 20, 1, 0]] as const)('%s has %i steps', async (scale, steps, chosen, value) => {
    const { reward, requests } = judging({ critique: 'c', reward: chosen }, scale);
    expect(await rewardOfOne(reward, null, 'o')).toBe(value);
    const { enum: scores } = (requests[0].schema!.properties as { reward: { enum: number[] } }).reward;
    expect(scores).toHaveLength(steps);
    expect(scores).toContain(chosen);
  });

  it('clamps what no scale has', async () => {
    expect(await rewardOfOne(judging({ reward: 9 }, 'rating').reward, 1, 1)).toBe(1);
    expect(await rewardOfOne(judging({ reward: -9 }, 'rating').reward, 1, 1)).toBe(0);
  });

  it('shows input, gold answer and answer, and asks for a critique first', async () => {
    const { reward, requests } = judging({ reward: 1 }, undefined, { instructions: 'Judge!', outMask: ['thinking'] });
    await rewardOfOne(reward, { city: 'Rome' }, { city: 'Oslo', thinking: 'hm' });
    await rewardOfOne(reward, 'Rome', 'Oslo');
    await rewardOfOne(reward, null, 'Oslo');
    expect(requests[0].messages[0]).toEqual({ role: 'system', content: 'Judge!' });
    expect(requests.map(({ messages }) => JSON.parse(messages[1].content) as unknown)).toEqual([
      { input: { question: 'q' }, gold_city: 'Rome', answer: { city: 'Oslo' } },
      { input: { question: 'q' }, gold_answer: 'Rome', answer: 'Oslo' },
      { input: { question: 'q' }, answer: 'Oslo' },
    ]);
    expect(Object.keys(requests[0].schema!.properties as object)).toEqual(['critique', 'reward']);
    expect(requests[0].temperature).toBe(0);
  });

  it.each<Json>([null, 'text', { critique: 'c' }, { reward: 'high' }])('gives 0 for the judgement %j, and tells of it', async (judgement) => {
    const events: unknown[] = [];
    expect(await rewardOfOne(judging(judgement).reward, 1, 1, context((...event) => events.push(event)))).toBe(0);
    expect(events).toEqual([['judge_failed', { reward: 'lm_as_judge', received: JSON.stringify(judgement) }]]);
  });

  it('does not judge failures', async () => {
    const { reward, requests } = judging({ reward: 1 });
    expect(await rewardOfOne(reward, 1, null)).toBe(0);
    expect(requests).toEqual([]);
  });

  it.each([[{}, /needs the option 'model'/], [{ model: async () => 1, scale: 'stars' }, /'score', 'fineScore', 'rating', 'rating10', 'rating20'/]])('refuses %j', (options, message) =>
    expect(() => lmAsJudge(options as never)).toThrow(message));
});
