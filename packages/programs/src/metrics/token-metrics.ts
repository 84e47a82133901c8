/** Metrics of text: how many tokens of an answer are those of its target, field by field. */
import { checkOptions, rules } from '@gradus/core';
import { AGREEMENT, fBetaName, fBetaScore, overlapScore, precisionScore, recallScore, support } from './agreement.js';
import { countMetric, countRules, type CountMetricOptions, type Counts, type Leaf } from './counts.js';
import type { ProgramMetric } from './metric.js';
import { countTokens, tokensOf } from './tokens.js';

/**
 * Distinct tokens that output and target share, among all distinct tokens of both; field by field, counts summed over samples.
 *
 * Tokens: lower case, without the words a, an, the, of, is, without punctuation, cut at white space. Samples without an output or without
 * a target are skipped.
 * @throws `INVALID_ARGUMENT`; when measuring, `UNSUPPORTED_ANSWER`.
 * @example accuracy({ inMask: ['answer'] });
 */
export function accuracy(options: CountMetricOptions = {}): ProgramMetric {
  return tokenMetric('accuracy', 'accuracy', options, overlapScore, (tokens) => new Map(tokens.map((token) => [token, 1])));
}

export interface FBetaOptions extends CountMetricOptions {
  /** How many times as much recall counts as precision. Above 0; default: 1. */
  readonly beta?: number;
}

/**
 * Weighted harmonic mean of token precision and recall, field by field; a token counts as often as it occurs in both. Tokens and what is
 * skipped: as for {@link accuracy}.
 * @throws `INVALID_ARGUMENT`; when measuring, `UNSUPPORTED_ANSWER`.
 */
export function fBeta(options: FBetaOptions = {}): ProgramMetric {
  const { beta = 1, ...others } = options;
  checkOptions('fBeta', { beta }, { beta: rules.positive });
  return tokenMetric('fBeta', fBetaName(beta), others, fBetaScore(beta));
}

/** {@link fBeta} with a beta of 1. */
export const f1 = (options: CountMetricOptions = {}): ProgramMetric => tokenMetric('f1', fBetaName(1), options, fBetaScore(1));

/** Share of the tokens of outputs that targets have. Tokens and what is skipped: as for {@link accuracy}. @throws `INVALID_ARGUMENT`. */
export const precision = (options: CountMetricOptions = {}): ProgramMetric =>
  tokenMetric('precision', 'precision', options, precisionScore);

/** Share of the tokens of targets that outputs have. Tokens and what is skipped: as for {@link accuracy}. @throws `INVALID_ARGUMENT`. */
export const recall = (options: CountMetricOptions = {}): ProgramMetric => tokenMetric('recall', 'recall', options, recallScore);

function tokenMetric(
  owner: string,
  defaultName: string,
  options: CountMetricOptions,
  score: (counts: Counts) => number,
  count = countTokens as (tokens: readonly string[]) => ReadonlyMap<string, number>,
): ProgramMetric {
  checkOptions(owner, options, countRules);
  const { name = defaultName } = options;
  const tokens = (leaf: Leaf | undefined): ReadonlyMap<string, number> => count(tokensOf(String(leaf ?? '')));
  return countMetric({
    owner,
    name,
    options,
    names: AGREEMENT,
    count: (target, output) =>
      Array.from({ length: Math.max(target.length, output.length) }, (_, field) => compare(tokens(target[field]), tokens(output[field]))),
    score,
    support,
  });
}

function compare(target: ReadonlyMap<string, number>, output: ReadonlyMap<string, number>): Counts {
  const total = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, times) => sum + times, 0);
  const both = [...target].reduce((sum, [token, times]) => sum + Math.min(times, output.get(token) ?? 0), 0);
  return { both, onlyOutput: total(output) - both, onlyTarget: total(target) - both };
}
