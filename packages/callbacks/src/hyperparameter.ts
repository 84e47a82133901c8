/** Steering one hyperparameter from epoch to epoch: its name checked before training, its value by epoch. */
import { didYouMean, listNames, type Rule, type TrainContext } from '@gradus/core';
import { GradusError } from '@gradus/graph';

/** @throws `UNKNOWN_HYPERPARAMETER` for a name that neither optimizer nor gradient has. */
export function checkHyperparameter(
  owner: string,
  hyperparameter: string,
  { hyperparameters }: Pick<TrainContext, 'hyperparameters'>,
): void {
  if (Object.hasOwn(hyperparameters, hyperparameter)) return;
  const known = Object.keys(hyperparameters);
  throw new GradusError('UNKNOWN_HYPERPARAMETER', {
    what: `${owner} sets '${hyperparameter}', which this run does not have`,
    received: `'${hyperparameter}'`,
    expected: `one of ${listNames(known)}`,
    fix: didYouMean(hyperparameter, known),
  });
}

/** Values by the epoch (from 0) they begin at: `{ 0: 0.1, 30: 0.01 }`. Before the first of them the value is left alone. */
export type ValuesByEpoch = Readonly<Record<number, number>>;

export const valuesByEpoch = (value: Rule): Rule => ({
  expected: `a record of epochs, whole numbers from 0, each with ${value.expected}`,
  accepts: (v) =>
    typeof v === 'object' &&
    v !== null &&
    Object.keys(v).length > 0 &&
    Object.entries(v).every(([epoch, number]) => /^\d+$/.test(epoch) && value.accepts(number)),
});

/** The value that holds at an epoch, or `null` before the first. */
export function valueAt(values: ValuesByEpoch, epoch: number): number | null {
  const since = Math.max(
    ...Object.keys(values)
      .map(Number)
      .filter((begin) => begin <= epoch),
  );
  return values[since] ?? null;
}
