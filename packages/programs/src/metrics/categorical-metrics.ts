/** Metrics of classes: an answer is the set of its leaves, as texts. */
import { checkOptions, rules } from '@gradus/core';
import { AGREEMENT, fBetaName, fBetaScore, overlapScore, precisionScore, recallScore, support } from './agreement.js';
import { countMetric, countRules, type CountMetricOptions, type Counts } from './counts.js';
import type { ProgramMetric } from './metric.js';

export interface CategoricalMetricOptions extends Omit<CountMetricOptions, 'maxFields'> {
  /**
   * The classes, each with counts of its own; an answer that is none of them counts as none. Needed for `average: 'none'`. Default: all
   * classes in one set of counts.
   */
  readonly labels?: readonly string[];
}

export interface CategoricalFBetaOptions extends CategoricalMetricOptions {
  /** How many times as much recall counts as precision. Above 0; default: 1. */
  readonly beta?: number;
}

/**
 * Classes that output and target share, among all classes of both; class by class where `labels` are given. Samples without an output or
 * without a target are skipped.
 * @throws `INVALID_ARGUMENT`.
 * @example categoricalAccuracy({ labels: ['spam', 'mail'], average: 'none' }); // reports categorical_accuracy_spam and …_mail
 */
export const categoricalAccuracy = (options: CategoricalMetricOptions = {}): ProgramMetric =>
  categoricalMetric('categoricalAccuracy', 'categorical_accuracy', options, overlapScore);

/** Weighted harmonic mean of precision and recall of classes. Classes: as for {@link categoricalAccuracy}. */
export function categoricalFBeta(options: CategoricalFBetaOptions = {}): ProgramMetric {
  const { beta = 1, ...others } = options;
  checkOptions('categoricalFBeta', { beta }, { beta: rules.positive });
  return categoricalMetric('categoricalFBeta', `categorical_${fBetaName(beta)}`, others, fBetaScore(beta));
}

/** {@link categoricalFBeta} with a beta of 1. */
export const categoricalF1 = (options: CategoricalMetricOptions = {}): ProgramMetric =>
  categoricalMetric('categoricalF1', `categorical_${fBetaName(1)}`, options, fBetaScore(1));

/** Share of the classes in outputs that targets have. Classes: as for {@link categoricalAccuracy}. */
export const categoricalPrecision = (options: CategoricalMetricOptions = {}): ProgramMetric =>
  categoricalMetric('categoricalPrecision', 'categorical_precision', options, precisionScore);

/** Share of the classes in targets that outputs have. Classes: as for {@link categoricalAccuracy}. */
export const categoricalRecall = (options: CategoricalMetricOptions = {}): ProgramMetric =>
  categoricalMetric('categoricalRecall', 'categorical_recall', options, recallScore);

function categoricalMetric(
  owner: string,
  defaultName: string,
  options: CategoricalMetricOptions,
  score: (counts: Counts) => number,
): ProgramMetric {
  const { maxFields: _, ...allowed } = countRules;
  checkOptions(owner, options, allowed);
  const { labels, name = defaultName } = options;
  return countMetric({
    owner,
    name,
    options: { ...options, maxFields: 1 },
    names: AGREEMENT,
    count(targets, outputs) {
      const [target, output] = [new Set(targets.map(String)), new Set(outputs.map(String))];
      const compare = (classes: readonly string[]): Counts => ({
        both: classes.filter((each) => target.has(each) && output.has(each)).length,
        onlyOutput: classes.filter((each) => !target.has(each) && output.has(each)).length,
        onlyTarget: classes.filter((each) => target.has(each) && !output.has(each)).length,
      });
      return labels === undefined ? [compare([...new Set([...target, ...output])])] : labels.map((label) => compare([label]));
    },
    score,
    support,
  });
}
