/** Raises (or lowers) the `depth` of a model, or of parts of one, from epoch to epoch: a curriculum. */
import { checkOptions, rules, type Callback } from '@gradus/core';
import { GradusError } from '@gradus/graph';

export interface DepthLaw {
  /** Depth at epoch 0. Default: 1. */
  readonly start?: number;
  /** Depth from epoch `epochs` on. Default: 6. */
  readonly end?: number;
  /** Epochs from `start` to `end`; 0 counts as 1. Default: 10. */
  readonly epochs?: number;
}

export interface DepthSchedulerOptions extends DepthLaw {
  /** What gets the depth: an object or a list of them. Default: the model. */
  readonly target?: object | readonly object[];
  /** Needed only to use two of them in one run. Default: `depthScheduler`. */
  readonly name?: string;
}

const RULES = { start: rules.finite, end: rules.finite, epochs: rules.count, target: rules.objects, name: rules.text };

/** To the nearest whole number, halves to the even one: what the law's published numbers were made with. */
function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

/**
 * The depth of an epoch: `start + (end - start) * clamp(epoch / epochs, 0, 1)`, rounded with halves to even.
 *
 * @param epoch From 0.
 * @example
 * [0, 1, 2, 3, 4].map((epoch) => depthAt(epoch, { start: 3, end: 1, epochs: 4 })); // [3, 2, 2, 2, 1]
 */
export function depthAt(epoch: number, { start = 1, end = 6, epochs = 10 }: DepthLaw = {}): number {
  return roundHalfToEven(start + (end - start) * Math.min(Math.max(epoch / Math.max(1, epochs), 0), 1));
}

/**
 * Sets `depth` at the beginning of each epoch, on every target that has the attribute already; others are left alone, so that one
 * schedule serves models with and without depth.
 *
 * The model must read its depth at each evaluation. A compiled step (a `loss` in tensors) has read it once, when it was traced: this
 * callback is for models trained as a black box.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option, and for a target whose `depth` cannot be set.
 * @example
 * await trainer.fit(data, { epochs: 12, callbacks: [depthScheduler({ start: 1, end: 3, epochs: 11, target: nodes })] });
 */
export function depthScheduler(options: DepthSchedulerOptions = {}): Callback {
  checkOptions('depthScheduler', options, RULES);
  const { target, name = 'depthScheduler' } = options;
  return {
    name,
    onEpochBegin(epoch, { model }) {
      const depth = depthAt(epoch, options);
      for (const each of [target ?? model].flat()) {
        if ('depth' in each && !Reflect.set(each, 'depth', depth)) {
          throw new GradusError('INVALID_ARGUMENT', {
            what: `${name} cannot set the depth of its target`,
            received: Object.isFrozen(each) ? 'a frozen object' : 'an object whose depth is read-only',
            expected: 'an object whose depth can be set',
          });
        }
      }
    },
  };
}
