/** Updates of weights that many places share. */
import { sizeOf, vjp, type Tensor } from '@gradus/graph';
import type { Experience, Setting } from '../module.js';
import { scaledSlope, type LocalRule } from '../rule.js';
import { gated } from './gated.js';

/**
 * The sum over samples and places of slope times window: how the messages that `message` makes of weights would change by them. Divided by
 * √(samples · places) and not by the senders, as the published convolutions are, with the sign that they have not.
 *
 * @param places How often a weight takes part in one sample.
 */
export function sharedUpdate(
  rule: LocalRule,
  experience: Experience,
  setting: Setting,
  weight: Tensor,
  message: (weight: Tensor, x: Tensor) => Tensor,
  places = sizeOf(experience.y.shape.slice(2)),
): Tensor {
  const [, pull] = vjp((w: Tensor) => message(w, gated(experience)), weight);
  const [update] = pull(scaledSlope(rule, experience, setting, 1, places));
  return update as Tensor;
}
