/** Metrics of programs in the form that models report: statistics as arrays, and how they are worked out. */
import type { MetricDeclaration, Params, Statistics } from '@gradus/core';
import { asarray, GradusError, scalar, type NDArray } from '@gradus/graph';
import type { ScoredSample } from '../run-batch.js';
import type { ProgramMetric, Sums } from './metric.js';

/** The names that every program reports by itself. */
const OWN = ['reward', 'failure_rate'];

/**
 * What a program declares to the trainer.
 * @param rewards Names of the parts of its reward, larger is better.
 * @throws `DUPLICATE_NAME` when two reports would have one name.
 */
export function declareMetrics(
  metrics: readonly ProgramMetric[],
  rewards: readonly string[],
): Record<string, 'min' | 'max' | MetricDeclaration> {
  const names = [...OWN, ...rewards, ...metrics.flatMap(({ results }) => Object.keys(results))];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new GradusError('DUPLICATE_NAME', {
      what: `A program would report two numbers as '${twice}'`,
      received: names.join(', '),
      expected: 'a name of its own for each',
      fix: 'Give the metric another name: the option `name`.',
    });
  }
  const declared = metrics.flatMap(({ direction, results }) =>
    Object.entries(results).map(([name, result]): [string, MetricDeclaration] => [
      name,
      { direction, result: (statistics) => scalar(result(numbersOf(statistics)), 'float64') },
    ]),
  );
  return { failure_rate: 'min', ...Object.fromEntries(rewards.map((name) => [name, 'max'])), ...Object.fromEntries(declared) };
}

/** The statistics of a batch, by the names they are reported under. */
export function measureMetrics(metrics: readonly ProgramMetric[], samples: readonly ScoredSample[]): Record<string, Params> {
  const reports = metrics.flatMap((metric) => {
    const sums = Object.entries(metric.sums(samples)).map(([name, values]) => [name, asarray(Float64Array.from(values))]);
    return Object.keys(metric.results).map((name) => [name, Object.fromEntries(sums)]);
  });
  return Object.fromEntries(reports);
}

const numbersOf = (statistics: Statistics): Sums =>
  Object.fromEntries(Object.entries(statistics).map(([name, tensor]) => [name, Array.from((tensor as NDArray).data as Float64Array)]));
