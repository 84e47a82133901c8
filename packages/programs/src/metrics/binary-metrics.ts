/** Metrics of yes and no: answers whose fields are booleans, or numbers on either side of a threshold. */
import { checkOptions, rules } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { AGREEMENT, fBetaName, fBetaScore, precisionScore, recallScore, support } from './agreement.js';
import { countMetric, countRules, type CountMetric, type CountMetricOptions, type Leaf } from './counts.js';
import type { ProgramMetric } from './metric.js';

export interface BinaryMetricOptions extends CountMetricOptions {
  /** Numbers above it mean yes. Default: 0.5. */
  readonly threshold?: number;
}

export interface BinaryFBetaOptions extends BinaryMetricOptions {
  /** How many times as much recall counts as precision. Above 0; default: 1. */
  readonly beta?: number;
}

/**
 * Share of the answers that are those of the targets, field by field. A field that only one of them has is wrong. Samples without an
 * output or without a target are skipped.
 * @throws `INVALID_ARGUMENT`; when measuring, `UNSUPPORTED_ANSWER` for a field that is neither boolean nor number.
 */
export const binaryAccuracy = (options: BinaryMetricOptions = {}): ProgramMetric =>
  binaryMetric('binaryAccuracy', 'binary_accuracy', options, {
    names: ['right', 'all', 'yes'],
    compare: (target, output) => ({ right: Number(target === output), all: 1, yes: Number(target === true) }),
    score: ({ right, all }) => (all === 0 ? 0 : right / all),
    support: ({ yes }) => yes,
  });

/** Weighted harmonic mean of precision and recall of yes, field by field. Fields: as for {@link binaryAccuracy}. */
export function binaryFBeta(options: BinaryFBetaOptions = {}): ProgramMetric {
  const { beta = 1, ...others } = options;
  checkOptions('binaryFBeta', { beta }, { beta: rules.positive });
  return binaryMetric('binaryFBeta', `binary_${fBetaName(beta)}`, others, { ...hits, score: fBetaScore(beta) });
}

/** {@link binaryFBeta} with a beta of 1. */
export const binaryF1 = (options: BinaryMetricOptions = {}): ProgramMetric =>
  binaryMetric('binaryF1', `binary_${fBetaName(1)}`, options, { ...hits, score: fBetaScore(1) });

/** Share of the answers yes that are right, field by field. Fields: as for {@link binaryAccuracy}. */
export const binaryPrecision = (options: BinaryMetricOptions = {}): ProgramMetric =>
  binaryMetric('binaryPrecision', 'binary_precision', options, { ...hits, score: precisionScore });

/** Share of the targets yes that were found, field by field. Fields: as for {@link binaryAccuracy}. */
export const binaryRecall = (options: BinaryMetricOptions = {}): ProgramMetric =>
  binaryMetric('binaryRecall', 'binary_recall', options, { ...hits, score: recallScore });

interface Comparison extends Pick<CountMetric, 'names' | 'score' | 'support'> {
  /** Of one field: `undefined` where a side does not have it. */
  compare(target: boolean | undefined, output: boolean | undefined): Record<string, number>;
}

const hits: Omit<Comparison, 'score'> = {
  names: AGREEMENT,
  compare: (target = false, output = false) => ({
    both: Number(target && output),
    onlyOutput: Number(output && !target),
    onlyTarget: Number(target && !output),
  }),
  support,
};

function binaryMetric(owner: string, defaultName: string, options: BinaryMetricOptions, comparison: Comparison): ProgramMetric {
  checkOptions(owner, options, { ...countRules, threshold: rules.finite });
  const { threshold = 0.5, ...others } = options;
  const yes = (leaf: Leaf | undefined): boolean | undefined => {
    if (leaf === undefined || typeof leaf === 'boolean') return leaf;
    if (typeof leaf === 'number') return leaf > threshold;
    throw new GradusError('UNSUPPORTED_ANSWER', {
      what: `${owner} compares booleans and numbers`,
      received: JSON.stringify(leaf),
      expected: 'true, false or a number in every field',
      fix: 'Leave the other fields out with inMask or outMask.',
    });
  };
  const { compare, ...counting } = comparison;
  return countMetric({
    owner,
    name: options.name ?? defaultName,
    options: others,
    ...counting,
    count: (target, output) =>
      Array.from({ length: Math.max(target.length, output.length) }, (_, field) => compare(yes(target[field]), yes(output[field]))),
  });
}
