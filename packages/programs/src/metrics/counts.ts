/** Metrics made of counts: one set of counts for each field of an answer, or for each class, and ways to make one number of them. */
import { checkOptions, oneOf, rules, type Json, type Rule } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { leavesOf } from '../leaves.js';
import { makeMask, maskRules, type MaskOptions } from '../masks.js';
import type { ScoredSample } from '../run-batch.js';
import type { ProgramMetric, Sums } from './metric.js';

export type Leaf = ReturnType<typeof leavesOf>[number];

export interface CountMetricOptions extends MaskOptions {
  /**
   * How the scores of fields (or of classes) become one: `micro` sums their counts first, `macro` takes the mean, `weighted` the mean
   * weighted by how much the targets hold of each, `none` reports each by itself as `<name>_<label>`. Default: `macro`. For answers of a
   * single field the first three agree.
   */
  readonly average?: 'micro' | 'macro' | 'weighted' | 'none';
  /** Names of the fields in the order of their names (of the classes, for categorical metrics). Needed for `average: 'none'`. */
  readonly labels?: readonly string[];
  /** The most fields that an answer has. Default: as many as there are labels, else 32. */
  readonly maxFields?: number;
  /** What reports call it. */
  readonly name?: string;
}

export const countRules: Readonly<Record<string, Rule>> = {
  ...maskRules,
  average: oneOf('micro', 'macro', 'weighted', 'none'),
  labels: rules.texts,
  maxFields: rules.positiveCount,
  name: rules.text,
};

/** Counts at one place: a field, or a class. */
export type Counts = Readonly<Record<string, number>>;

/** What makes a metric of counts. */
export interface CountMetric {
  readonly owner: string;
  readonly name: string;
  readonly options: CountMetricOptions;
  /** The names of its counts. */
  readonly names: readonly string[];
  /** The counts of one sample at every place; a place that the sample does not have is left out. */
  count(target: readonly Leaf[], output: readonly Leaf[]): readonly Counts[];
  score(counts: Counts): number;
  /** How much of it the targets hold. */
  support(counts: Counts): number;
}

/** Samples without an output, or without a target, are skipped: a failure lowers the reward, not these. */
const isComparable = ({ target, output }: ScoredSample): boolean => target !== null && output !== null;

/** @throws `INVALID_ARGUMENT`; when measuring, `UNSUPPORTED_ANSWER` for more fields than there is room for. */
export function countMetric({ owner, name, options, names, count, score, support }: CountMetric): ProgramMetric {
  const { average = 'macro', labels, maxFields = 32, ...masks } = options;
  if (average === 'none') checkOptions(owner, { labels }, countRules, ['labels']);
  const places = labels?.length ?? maxFields;
  const masked = makeMask(masks);
  /** None where a mask leaves nothing. */
  const leaves = (value: Json): readonly Leaf[] => {
    const left = masked(value);
    return left === null ? [] : leavesOf(left);
  };

  const sums = (samples: readonly ScoredSample[]): Sums => {
    const total = Object.fromEntries([...names, 'seen'].map((each) => [each, new Array<number>(places).fill(0)]));
    for (const { target, output } of samples.filter(isComparable)) {
      const counts = count(leaves(target), leaves(output));
      if (counts.length > places) throw tooMany(owner, counts.length, places);
      counts.forEach((own, place) => {
        for (const each of names) total[each][place] += own[each];
        total.seen[place]++;
      });
    }
    return total;
  };
  const at = (all: Sums, place: number): Counts => Object.fromEntries(names.map((each) => [each, all[each][place]]));
  const seen = (all: Sums): Counts[] => all.seen.flatMap((times, place) => (times > 0 ? [at(all, place)] : []));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const averages = {
    micro: (all: Sums) => score(Object.fromEntries(names.map((each) => [each, sum(all[each])]))),
    macro: (all: Sums) => sum(seen(all).map(score)) / Math.max(seen(all).length, 1),
    weighted: (all: Sums) => sum(seen(all).map((own) => score(own) * support(own))) / Math.max(sum(seen(all).map(support)), 1),
  };
  const results: ProgramMetric['results'] =
    average === 'none'
      ? Object.fromEntries(labels!.map((label, place) => [`${name}_${label}`, (all: Sums) => score(at(all, place))]))
      : { [name]: averages[average] };
  return { name, direction: 'max', sums, results };
}

const tooMany = (owner: string, fields: number, places: number): GradusError =>
  new GradusError('UNSUPPORTED_ANSWER', {
    what: `${owner} met an answer with more fields than it counts`,
    received: `${fields} fields`,
    expected: `at most ${places}`,
    fix: `Give it maxFields: ${fields} (labels: one for each), or leave fields out with outMask.`,
  });
