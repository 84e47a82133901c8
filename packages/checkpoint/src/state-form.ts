/** What a `TrainState` must look like, down to its numbers and arrays. */
import { NDArray } from '@gradus/graph';
import type { TrainState } from '@gradus/core';
import { anything, array, count, form, listOf, number, optional, orNull, record, recordOf, text, type Check } from './forms.js';

const arrays = recordOf(array);
/** Arrays in nested records. */
const tree: Check = (value, at) => (value instanceof NDArray ? null : recordOf(tree)(value, at));

const FIELDS: Readonly<Record<keyof TrainState, Check>> = {
  params: arrays,
  optimizer: recordOf(tree),
  buffers: arrays,
  variables: record,
  step: count,
  seed: count,
  epoch: count,
  batch: count,
  meter: form({ means: listOf(form({ name: text, total: number, weight: number })), sums: recordOf(arrays) }),
  epochs: count,
  history: listOf(form({ epoch: count, logs: recordOf(number) })),
  hyperparameters: recordOf(number),
  stopping: orNull(form({ reason: text, message: text, by: optional(text) })),
  callbacks: recordOf(anything),
  folder: orNull(form({ path: text, bytes: recordOf(count) })),
};

/** What is wrong with something that should be a `TrainState`, or `null`. */
export const stateProblem = (value: unknown): string | null => form(FIELDS)(value, '');
