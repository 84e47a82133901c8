/** What a local rule is: how a unit's field should move, told by nothing but the unit's target and its field. */
import { multiply, type Tensor } from '@gradus/graph';
import type { PerUnit } from './per-unit.js';
import type { Experience, Setting } from './module.js';

/**
 * A local rule. An edge makes the pseudo-gradient of its weights of it: the sum over samples of sender times `slope`, scaled.
 *
 * @example
 * // The delta rule of linear units.
 * const delta: LocalRule = { name: 'delta', average: 'mean', slope: (y, field) => subtract(field, y) };
 */
export interface LocalRule {
  readonly name: string;
  /**
   * The direction that makes things worse, for every unit of every sample, like the field: an optimizer subtracts what comes of it. 0
   * where the unit is content.
   */
  slope(y: Tensor, field: Tensor): Tensor;
  /** Sums over samples are divided by √samples (`root`) or by samples (`mean`). */
  readonly average: 'root' | 'mean';
  /** The options that have one number for each unit, for the module to check. */
  readonly perUnit?: Readonly<Record<string, PerUnit>>;
}

/**
 * The rule's slope at an experience, scaled so that updates do not grow with samples or senders.
 *
 * @param senders How many units reach one unit of the receiver.
 * @param places How often the same weight takes part in one sample: 1 unless weights are shared. Counts as more samples.
 */
export function scaledSlope(rule: LocalRule, { y, field }: Experience, { semantics }: Setting, senders: number, places = 1): Tensor {
  const samples = y.shape[0] * places;
  const seed = semantics === 'seed';
  const scale = (seed || rule.average === 'mean' ? samples : Math.sqrt(samples)) * (seed ? 1 : Math.sqrt(senders));
  return multiply(rule.slope(y, field), 1 / scale);
}
