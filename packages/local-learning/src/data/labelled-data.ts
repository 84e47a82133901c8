/** Data in memory whose labels have been looked at. */
import { checkOptions, oneOf, rules } from '@gradus/core';
import { inMemory, type Fields, type InMemoryOptions, type InMemorySource } from '@gradus/data';
import { asarray, GradusError, type NDArray } from '@gradus/graph';
import { checkLabels, labelModes, type LabelMode } from './labels.js';

export interface LabelledDataOptions extends InMemoryOptions {
  /** How many classes there are. */
  readonly classes: number;
  /** What float labels have to be: as of the network. Default: `signs`. */
  readonly labels?: LabelMode;
  /** The field with the labels. Default: `y`. */
  readonly target?: string;
}

/**
 * `inMemory` of fields whose labels are all of them classes, or ±1 where they are floats: a label that is none is named before training. With
 * plain `inMemory` a network refuses the batch that has it.
 *
 * @throws `INVALID_LABELS`, and what `inMemory` throws.
 * @example
 * const data = labelledData({ x, y }, { classes: 10, batchSize: 16 });
 */
export function labelledData(fields: Fields, options: LabelledDataOptions): InMemorySource {
  const { classes, labels, target = 'y', ...rest } = options;
  checkOptions(
    'labelledData',
    { classes, labels, target },
    { classes: rules.positiveCount, labels: oneOf(...labelModes), target: rules.text },
    ['classes'],
  );
  if (fields[target] === undefined) {
    throw new GradusError('UNKNOWN_NAME', {
      what: `labelledData finds no field '${target}'`,
      received: Object.keys(fields).join(', ') || 'no fields',
      fix: 'Name the labels so, or give labelledData the option `target`.',
    });
  }
  const arrays: Record<string, NDArray> = Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, asarray(values)]));
  const source = inMemory(arrays, rest);
  checkLabels(arrays[target], { mode: labels, classes });
  return source;
}
