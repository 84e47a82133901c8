/** Filters for hooks and listeners: every so many calls, once, or after some. */
import { GradusError } from '@gradus/graph';

type Listener<Args extends readonly unknown[], R> = (...args: Args) => R;
type Filtered<Args extends readonly unknown[], R> = (...args: Args) => R | undefined;

function checkCalls(filter: string, calls: number, least: number): void {
  if (Number.isInteger(calls) && calls >= least) return;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `${filter} cannot count calls so`,
    received: String(calls),
    expected: `a whole number of ${least} or more`,
  });
}

/** Lets a call through when `accepts` says so of its number, from 1. */
function filtered<Args extends readonly unknown[], R>(accepts: (call: number) => boolean, listener: Listener<Args, R>): Filtered<Args, R> {
  let calls = 0;
  return (...args) => (accepts(++calls) ? listener(...args) : undefined);
}

/**
 * Calls `listener` at every `n`-th call: the n-th, the 2n-th, … What it returns is passed on, so a promise is awaited. Counts the calls
 * of the function it returns, over epochs and runs.
 *
 * @throws `INVALID_ARGUMENT` unless `n` is a whole number of 1 or more.
 * @example
 * const off = trainer.on('onTrainBatchEnd', every(100, (_, logs, { step }) => console.log(step, logs.loss)));
 */
export function every<Args extends readonly unknown[], R>(n: number, listener: Listener<Args, R>): Filtered<Args, R> {
  checkCalls('every', n, 1);
  return filtered((call) => call % n === 0, listener);
}

/**
 * Calls `listener` at the first call only.
 *
 * @example
 * lambdaCallback({ onTrainBatchEnd: once((_, logs) => console.log('first loss', logs.loss)) });
 */
export function once<Args extends readonly unknown[], R>(listener: Listener<Args, R>): Filtered<Args, R> {
  return filtered((call) => call === 1, listener);
}

/**
 * Calls `listener` at every call after the first `n`. Filters nest: `after(1000, every(10, listener))`.
 *
 * @throws `INVALID_ARGUMENT` unless `n` is a whole number of 0 or more.
 * @example
 * trainer.on('onEpochEnd', after(5, (epoch, logs) => console.log(epoch, logs.val_loss)));
 */
export function after<Args extends readonly unknown[], R>(n: number, listener: Listener<Args, R>): Filtered<Args, R> {
  checkCalls('after', n, 0);
  return filtered((call) => call > n, listener);
}
