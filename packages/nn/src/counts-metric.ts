/** Metrics of all classes at once, from their counts. */
import type { Tensor } from '@gradus/graph';
import { classCounts, type ClassCounts } from './class-counts.js';
import { checkBinaryOptions, type BinaryOptions } from './decisions.js';
import type { Metric } from './metric.js';

/** A metric of which larger values are better. @throws `INVALID_ARGUMENT` for options of `${name}With` that are not usable. */
export function countsMetric(name: string, options: BinaryOptions, result: (counts: ClassCounts) => Tensor): Metric {
  checkBinaryOptions(`${name}With`, options);
  return {
    name: options.name ?? name,
    direction: 'max',
    statistics: (outputs, targets, weights) => classCounts(name, outputs, targets, weights, options),
    result: (statistics) => result(statistics as ClassCounts),
  };
}
