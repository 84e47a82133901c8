import { rules, type Schedule } from '@gradus/core';
import { between, checkWithRequired, countAbove } from '../options.js';
import { cosineDecay } from './cosine-decay.js';
import { linearWarmup } from './linear-warmup.js';

export interface WarmupCosineOptions {
  /** The value at step 0. Default: 0. */
  readonly initValue?: number;
  /** The value after the warm-up, at step `warmupSteps`. More than 0. */
  readonly peakValue: number;
  /** Steps of the linear warm-up: a whole number of at least 1. */
  readonly warmupSteps: number;
  /** Steps of the whole schedule, the warm-up included: a whole number above `warmupSteps`. */
  readonly decaySteps: number;
  /** The value from step `decaySteps` on, at most `peakValue`. Default: 0. */
  readonly endValue?: number;
}

/**
 * A linear warm-up, then a cosine decay over the remaining `decaySteps - warmupSteps`: Optax's `warmup_cosine_decay_schedule`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * warmupCosine({ peakValue: 1, warmupSteps: 10, decaySteps: 110 })(60); // 0.5: half of the cosine is done
 */
export function warmupCosine(options: WarmupCosineOptions): Schedule {
  const { initValue = 0, peakValue, warmupSteps, decaySteps, endValue = 0 } = options;
  const required = { peakValue: rules.positive, warmupSteps: rules.positiveCount, decaySteps: countAbove(warmupSteps) };
  checkWithRequired('warmupCosine', options, required, { initValue: rules.notNegative, endValue: between(0, peakValue) });
  const warmup = linearWarmup({ initValue, peakValue, warmupSteps });
  const decay = cosineDecay({ initValue: peakValue, decaySteps: decaySteps - warmupSteps, alpha: endValue / peakValue });
  return (step) => (step < warmupSteps ? warmup(step) : decay(step - warmupSteps));
}
