/** Stops training when its time is up. */
import { checkOptions, rules, type Callback } from '@gradus/core';

export interface TimeLimitOptions {
  /** Minutes of training, fractions allowed: above 0. */
  readonly minutes: number;
  /** Milliseconds from any origin. Default: `performance.now`, which a change of the wall clock does not touch. */
  readonly clock?: () => number;
  /** Needed only to use two of them in one run. Default: `timeLimit`. */
  readonly name?: string;
}

const RULES = { minutes: rules.positive, clock: rules.method, name: rules.text };

/**
 * Asks to stop at the first step that ends after `minutes`. The step counts; validation and the epoch's end follow, so a run takes a
 * little longer. The limit is one of training: after a restart the time up to the state it goes on from counts too; the time between does
 * not, nor does what was lost and is done again.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option.
 * @example
 * await trainer.fit(data, { epochs: 1000, callbacks: [timeLimit({ minutes: 30 })] });
 */
export function timeLimit(options: TimeLimitOptions): Callback {
  checkOptions('timeLimit', options ?? {}, RULES, ['minutes']);
  const { minutes, clock = () => performance.now(), name = 'timeLimit' } = options;
  const limit = minutes * 60_000;
  /** Milliseconds of training before the last start, and when that was; `null` while nothing runs. */
  let before = 0;
  let started: number | null = null;
  const elapsed = (): number => before + (started === null ? 0 : clock() - started);
  const pause = (): void => {
    before = elapsed();
    started = null;
  };

  return {
    name,
    check() {
      [before, started] = [0, null];
    },
    onTrainBegin() {
      started = clock();
    },
    onTrainBatchEnd(_batch, _logs, context) {
      if (elapsed() >= limit) context.stop(`The time for training is over (${minutes} min).`);
    },
    onTrainEnd: pause,
    onError: pause,
    getState: () => ({ milliseconds: elapsed() }),
    setState(saved) {
      before = (saved as { readonly milliseconds: number }).milliseconds;
    },
  };
}
