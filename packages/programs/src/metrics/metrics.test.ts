/** Numbers of metrics, worked out by hand. */
import type { Json } from '@gradus/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracy, binaryAccuracy, binaryF1, binaryFBeta, binaryPrecision, binaryRecall, categoricalAccuracy, categoricalF1, categoricalFBeta,
  categoricalPrecision, categoricalRecall, f1, fBeta, gapK, passAtK, passHatK, precision, recall, type ProgramMetric, type ScoredSample, type Sums,
} from '../index.js';
import { tokensOf } from './tokens.js';

const sample = ([target, output, reward = 0]: readonly [Json, Json, number?]): ScoredSample => ({ input: null, target, output, reward, scores: [reward], recorded: [] });

/** What a run would report for batches of [target, output]. */
function report(metric: ProgramMetric, ...batches: (readonly (readonly [Json, Json, number?])[])[]): Record<string, number> {
  const all = batches.map((batch) => metric.sums(batch.map(sample)));
  const total: Sums = all.reduce((sum, own) => Object.fromEntries(Object.entries(sum).map(([name, values]) => [name, values.map((value, i) => value + own[name][i])])));
  return Object.fromEntries(Object.entries(metric.results).map(([name, result]) => [name, result(total)]));
}
const only = (metric: ProgramMetric, ...batches: Parameters<typeof report>[1][]): number => Object.values(report(metric, ...batches))[0];

describe('tokens', () => {
  it.each([
    ['The cat sat ON the mat.', ['cat', 'sat', 'on', 'mat']],
    ['A theory of an island', ['theory', 'island']],
    ['$3,000 -- (approx.)', ['3000', 'approx']],
    ["it's  Zürich\n!", ['its', 'zürich']],
    ['the', []],
    // Fillers go before punctuation does, so that the one in a-b goes too.
    ['a-b', ['b']],
  ])('of %j', (text, tokens) => expect(tokensOf(text)).toEqual(tokens));
});

describe('token metrics', () => {
  // Tokens of sample 1: cat sat on mat | cat on mat mat: 3 of both, 1 more in the output, 1 more in the target; distinct: 3 of 4.
  const first = ['The cat sat on the mat', 'cat on a mat, mat'] as const;
  // blue | blue sky sky: 1 of both, 2 more in the output; distinct: 1 of 2.
  const second = ['blue', 'Blue sky sky'] as const;

  it.each([
    ['accuracy', accuracy(), 3 / 4, 4 / 6],
    ['precision', precision(), 3 / 4, 4 / 7],
    ['recall', recall(), 3 / 4, 4 / 5],
    // 2 P R / (P + R)
    ['f1_score', f1(), 3 / 4, 2 / 3],
    ['f1_score', fBeta(), 3 / 4, 2 / 3],
    // 5 P R / (4 P + R) with P = 4/7 and R = 4/5
    ['f2_score', fBeta({ beta: 2 }), 3 / 4, 80 / 108],
    ['f0.5_score', fBeta({ beta: 0.5 }), 3 / 4, (1.25 * (4 / 7) * (4 / 5)) / (0.25 * (4 / 7) + 4 / 5)],
  ])('%s', (name, metric, one, both) => {
    expect(metric).toMatchObject({ name, direction: 'max' });
    expect(only(metric, [first])).toBeCloseTo(one, 6);
    expect(report(metric, [first, second])).toEqual({ [name]: expect.closeTo(both, 6) });
    expect(only(metric, [first], [second])).toBe(only(metric, [first, second]));
  });

  it('skips failures and samples without a target, and is 0 for nothing', () => {
    for (const metric of [accuracy(), f1(), precision(), recall()]) {
      expect(only(metric, [first, ['x', null], [null, 'x']])).toBe(only(metric, [first]));
      expect(only(metric, [['x', null]])).toBe(0);
      expect(only(metric, [['the', 'of']])).toBe(0);
    }
  });

  // Field answer: 3 both, 1 more, 1 missing: F 3/4. Field why: 1 both, 0 more, 1 missing: P 1, R 1/2, F 2/3.
  const fields = [{ why: 'sunny day', answer: 'cat sat on mat' }, { answer: 'cat on mat mat', why: 'day' }] as const;

  it.each([
    ['macro', (3 / 4 + 2 / 3) / 2],
    // Both 4, more 1, missing 2: P 4/5, R 2/3.
    ['micro', 8 / 11],
    // The targets hold 4 and 2 tokens.
    ['weighted', (4 * (3 / 4) + 2 * (2 / 3)) / 6],
  ] as const)('average %s', (average, value) => expect(only(f1({ average }), [fields])).toBeCloseTo(value, 6));

  it('reports fields by themselves', () => {
    expect(report(f1({ average: 'none', labels: ['answer', 'why'] }), [fields])).toEqual({ f1_score_answer: expect.closeTo(3 / 4, 6), f1_score_why: expect.closeTo(2 / 3, 6) });
    expect(report(recall({ average: 'none', labels: ['answer', 'why'], name: 'r' }), [fields])).toEqual({ r_answer: expect.closeTo(3 / 4, 6), r_why: expect.closeTo(1 / 2, 6) });
  });

  it('looks at the fields that masks leave', () => {
    expect(only(f1({ inMask: ['why'] }), [fields])).toBeCloseTo(2 / 3, 6);
    expect(only(f1({ outMask: ['why'] }), [fields])).toBeCloseTo(3 / 4, 6);
  });

  it('pads where lengths differ: the mean is over the fields that were seen', () => {
    // Field 0: right in both samples. Field 1: a token that only the output has, once. Field 2 was never seen.
    expect(only(accuracy({ maxFields: 3 }), [[['a1'], ['a1', 'b1']]], [[['a1'], ['a1']]])).toBeCloseTo(1 / 2, 6);
    expect(only(accuracy({ maxFields: 3 }), [[['a1'], ['a1']]])).toBeCloseTo(1, 6);
  });

  it('takes numbers and booleans as texts', () => expect(only(f1(), [[{ n: 12, b: true, z: null }, { n: '12', b: 'true', z: 'x' }]])).toBeCloseTo(2 / 3, 6));

  it('says when there is no room', () => {
    const many = Array.from({ length: 33 }, () => 'x');
    expect(() => only(accuracy(), [[many, many]])).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_ANSWER', message: expect.stringMatching(/33 fields.*at most 32.*maxFields: 33/) }));
    expect(only(accuracy({ maxFields: 33 }), [[many, many]])).toBeCloseTo(1, 6);
  });

  it.each([
    [() => f1({ average: 'none' }), /f1 needs the option 'labels'/],
    [() => f1({ average: 'mean' as never }), /'micro', 'macro', 'weighted', 'none'/],
    [() => fBeta({ beta: 0 }), /'beta' of fBeta.*above 0/],
    [() => accuracy({ threshold: 1 } as never), /accuracy has no option 'threshold'/],
    [() => recall({ maxFields: 0 }), /'maxFields'/],
  ])('refuses %s', (act, message) => expect(act).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) })));
});

describe('binary metrics', () => {
  // Hits 2, false alarms 1, misses 1, one right no.
  const batch = [[true, true], [0.6, 1], [0.5, true], [true, 0.5], [false, 0]] as const;

  it.each([
    [binaryAccuracy(), 'binary_accuracy', 3 / 5],
    [binaryPrecision(), 'binary_precision', 2 / 3],
    [binaryRecall(), 'binary_recall', 2 / 3],
    [binaryF1(), 'binary_f1_score', 2 / 3],
    [binaryFBeta({ beta: 2 }), 'binary_f2_score', 2 / 3],
    // 0.5 is a yes now: all are right.
    [binaryPrecision({ threshold: 0.4 }), 'binary_precision', 1],
    [binaryRecall({ threshold: 0.4 }), 'binary_recall', 1],
  ])('%#', (metric, name, value) => expect(report(metric, batch)).toEqual({ [name]: expect.closeTo(value, 6) }));

  // Field a: 1 hit, 1 miss: P 1, R 1/2, F 2/3, support 2, 1 of 2 right. Field b: 1 hit, 1 false alarm: P 1/2, R 1, F 2/3, support 1, 1 of 2 right.
  const fields = [[{ a: true, b: true }, { b: true, a: true }], [{ a: true, b: false }, { a: false, b: true }]] as const;

  it.each([
    [binaryRecall, 'macro', 3 / 4], [binaryRecall, 'micro', 2 / 3], [binaryRecall, 'weighted', (2 * (1 / 2) + 1) / 3],
    [binaryPrecision, 'macro', 3 / 4], [binaryPrecision, 'micro', 2 / 3], [binaryPrecision, 'weighted', (2 * 1 + 1 / 2) / 3],
    [binaryF1, 'macro', 2 / 3], [binaryAccuracy, 'macro', 1 / 2], [binaryAccuracy, 'weighted', 1 / 2],
  ] as const)('%# average', (make, average, value) => expect(only(make({ average }), fields)).toBeCloseTo(value, 6));

  it('takes a field that only one side has for a no, or for wrong', () => {
    expect(report(binaryRecall({ average: 'none', labels: ['a', 'b'] }), [[[true, true], [true]]])).toEqual({ binary_recall_a: expect.closeTo(1, 6), binary_recall_b: 0 });
    expect(only(binaryAccuracy({ average: 'micro' }), [[[false, false], [false]]])).toBe(0.5);
  });

  it('takes an answer without the field that is asked for as wrong', () => {
    expect(only(binaryAccuracy({ inMask: ['ok'] }), [[{ ok: true }, { no: 'text' }], [{ ok: false, why: 'x' }, { ok: false }]])).toBe(0.5);
  });

  it('skips failures', () => expect(only(binaryF1(), [...batch, [true, null], [null, true]])).toBeCloseTo(2 / 3, 6));

  it.each([['yes', '"yes"'], [null, 'null']])('refuses the leaf %j', (leaf, received) => {
    expect(() => only(binaryAccuracy(), [[{ a: true }, { a: leaf }]])).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_ANSWER', message: expect.stringContaining(`Received: ${received}`) }));
  });
});

describe('categorical metrics', () => {
  // spam|spam, spam|mail, mail|mail, mail|mail, news|spam: 3 of both, 2 more, 2 missing.
  const batch = [['spam', 'spam'], ['spam', 'mail'], ['mail', 'mail'], ['mail', 'mail'], ['news', 'spam']] as const;
  const labels = ['spam', 'mail', 'news'];

  it.each([
    [categoricalAccuracy(), 'categorical_accuracy', 3 / 7],
    [categoricalPrecision(), 'categorical_precision', 3 / 5],
    [categoricalRecall(), 'categorical_recall', 3 / 5],
    [categoricalF1(), 'categorical_f1_score', 3 / 5],
    [categoricalFBeta({ beta: 3 }), 'categorical_f3_score', 3 / 5],
    // spam: 1 both, 1 more, 1 missing. mail: 2 both, 1 more. news: 1 missing.
    [categoricalPrecision({ labels }), 'categorical_precision', (1 / 2 + 2 / 3 + 0) / 3],
    [categoricalRecall({ labels }), 'categorical_recall', (1 / 2 + 1 + 0) / 3],
    [categoricalRecall({ labels, average: 'micro' }), 'categorical_recall', 3 / 5],
    [categoricalRecall({ labels, average: 'weighted' }), 'categorical_recall', (2 * (1 / 2) + 2 * 1 + 0) / 5],
    [categoricalAccuracy({ labels }), 'categorical_accuracy', (1 / 3 + 2 / 3 + 0) / 3],
    [categoricalF1({ labels }), 'categorical_f1_score', (1 / 2 + 4 / 5 + 0) / 3],
  ])('%#', (metric, name, value) => expect(report(metric, batch)).toEqual({ [name]: expect.closeTo(value, 6) }));

  it('reports classes by themselves', () => {
    expect(report(categoricalF1({ labels, average: 'none', name: 'f1' }), batch)).toEqual({ f1_spam: expect.closeTo(1 / 2, 6), f1_mail: expect.closeTo(4 / 5, 6), f1_news: 0 });
  });

  it('compares sets of classes, in any order, of any JSON', () => {
    // {1, true} and {true, 2}: 1 of both, 1 more, 1 missing.
    expect(only(categoricalAccuracy(), [[[1, true], [true, 2, 2]]])).toBeCloseTo(1 / 3, 6);
    expect(only(categoricalF1(), [[{ a: 'x', b: ['y'] }, { z: 'y', w: 'x' }]])).toBeCloseTo(1, 6);
    expect(only(categoricalF1(), [['x', null]])).toBe(0);
  });

  it('refuses what it has no use for', () => expect(() => categoricalF1({ maxFields: 3 } as never)).toThrow(/no option 'maxFields'/));
});

describe('repeated tries', () => {
  const tries = (...rewards: number[]) => rewards.map((reward) => ['t', 'o', reward] as const);

  it.each([
    // 1 - C(2,1)/C(4,1), C(2,1)/C(4,1)
    [[1, 1, 0, 0], 1, 1 / 2, 1 / 2],
    // 1 - C(2,2)/C(4,2) = 5/6, C(2,2)/C(4,2) = 1/6
    [[1, 0, 1, 0], 2, 5 / 6, 1 / 6],
    // Fewer failures than tries: 1. C(3,2)/C(4,2) = 3/6
    [[1, 1, 1, 0], 2, 1, 1 / 2],
    [[0, 0, 0, 0], 2, 0, 0],
    [[1, 1, 1, 1], 4, 1, 1],
    // k is at most n.
    [[1, 0], 9, 1, 0],
  ])('%j, k %i', (rewards, k, some, all) => {
    expect(report(passAtK({ k }), tries(...rewards))).toEqual({ [`pass_at_${k}`]: expect.closeTo(some, 12) });
    expect(report(passHatK({ k }), tries(...rewards))).toEqual({ [`pass_hat_${k}`]: expect.closeTo(all, 12) });
    expect(report(gapK({ k }), tries(...rewards))).toEqual({ [`gap_${k}`]: expect.closeTo(some - all, 12) });
  });

  it('are means over problems, however many tries each has', () => {
    expect(only(passAtK({ k: 1 }), tries(1), tries(0, 0, 0, 1))).toBeCloseTo((1 + 1 / 4) / 2, 12);
    expect(only(passAtK({ k: 1, threshold: 0.5 }), tries(0.5, 0.4))).toBe(0.5);
    expect([passAtK({ k: 1 }).direction, passHatK({ k: 1 }).direction, gapK({ k: 1 }).direction]).toEqual(['max', 'max', 'min']);
    expect(() => passAtK({} as never)).toThrow(/needs the option 'k'/);
  });
});

describe('all metrics', () => {
  const leaf = fc.constantFrom(true, false, 0.2, 0.7);
  const pair = fc.tuple(fc.array(leaf, { minLength: 1, maxLength: 3 }), fc.option(fc.array(leaf, { minLength: 1, maxLength: 3 }), { nil: null }));
  it('do not depend on how samples are cut into batches, and lie between 0 and 1 (property)', () => {
    const make = [accuracy, f1, precision, recall, binaryAccuracy, binaryF1, binaryPrecision, binaryRecall, categoricalAccuracy, categoricalF1];
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 8 }), fc.nat(8), fc.constantFrom('micro' as const, 'macro' as const, 'weighted' as const), (pairs, cut, average) => {
        for (const metric of make.map((each) => each({ average }))) {
          const whole = only(metric, pairs);
          expect(only(metric, pairs.slice(0, cut), pairs.slice(cut))).toBe(whole);
          expect(whole).toBeGreaterThanOrEqual(0);
          expect(whole).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});
