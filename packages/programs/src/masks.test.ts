import type { Json } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { baseName, makeMask } from './masks.js';

const value: { readonly [name: string]: Json } = { answer: 'yes', thinking_2: 'hm', notes: [{ answers: ['a', 'b'], thinkings: 'x' }, { source: 1 }], deep: { thinking: 1, score_10: 4 } };

describe('masks', () => {
  it.each([
    ['answer', 'answer'], ['answers', 'answer'], ['answer_12', 'answer'], ['answers_1', 'answer'], ['search_queries_2', 'search_query'],
    ['classes', 'class'], ['boxes', 'box'], ['status', 'status'], ['analysis', 'analysis'], ['class', 'class'], ['is', 'is'], ['cities', 'city'],
    ['movies', 'movie'], ['series', 'series'], ['ties', 'tie'], ['words_count', 'words_count'], ['x_', 'x_'], ['names', 'name'],
  ])('%s is %s', (name, base) => expect(baseName(name)).toBe(base));

  it('leaves all without options', () => expect(makeMask({})(value)).toEqual(value));

  it.each([
    [{ inMask: ['answer'] }, { answer: 'yes', notes: [{ answers: ['a', 'b'] }] }],
    [{ inMask: ['answers_3'] }, { answer: 'yes', notes: [{ answers: ['a', 'b'] }] }],
    [{ inMask: ['note'] }, { notes: value.notes }],
    [{ inMaskPattern: '^s' }, { notes: [{ source: 1 }], deep: { score_10: 4 } }],
    [{ inMask: ['answer'], inMaskPattern: /^sco/ }, { answer: 'yes', notes: [{ answers: ['a', 'b'] }], deep: { score_10: 4 } }],
    [{ outMask: ['thinking'] }, { answer: 'yes', notes: [{ answers: ['a', 'b'] }, { source: 1 }], deep: { score_10: 4 } }],
    [{ outMaskPattern: /think|deep/g }, { answer: 'yes', notes: [{ answers: ['a', 'b'] }, { source: 1 }] }],
    [{ inMask: ['notes', 'answer'], outMask: ['thinking', 'source'] }, { answer: 'yes', notes: [{ answers: ['a', 'b'] }, {}] }],
    [{ inMask: ['nothing'] }, null],
  ])('%j', (options, left) => {
    const mask = makeMask(options);
    expect(mask(value)).toEqual(left);
    // A pattern with the flag g does not remember where it stopped.
    expect(mask(value)).toEqual(left);
  });

  it('leaves values that have no fields, unless some are asked for', () => {
    expect(makeMask({ outMask: ['a'] })('text')).toBe('text');
    expect(makeMask({ inMask: ['a'] })('text')).toBe(null);
    expect(makeMask({ inMask: [] })({ a: 1 })).toBe(null);
  });
});
