/** Smaller steps when the loss no longer falls. */
import { checkOptions, rules, type GradientTransform } from '@gradus/core';
import {
  add,
  cast,
  divide,
  equal,
  greater,
  less,
  logicalAnd,
  logicalNot,
  maximum,
  multiply,
  scalar,
  subtract,
  where,
  type Tensor,
} from '@gradus/graph';
import { between, share } from '../options.js';
import { floatOf } from '../inner-product.js';
import { perParameter } from '../per-parameter.js';
import { requireContext } from '../require-context.js';

export interface ReduceOnPlateauOptions {
  /** The factor of each reduction: above 0 and below 1. Default: 0.1. */
  readonly factor?: number;
  /** Losses in a row without improvement after which the steps are reduced: at least 1. Default: 10. */
  readonly patience?: number;
  /** A loss below (1 - rtol) best - atol is an improvement. From 0 to 1; default: 1e-4. */
  readonly rtol?: number;
  /** See `rtol`. Default: 0. */
  readonly atol?: number;
  /** Losses after a reduction that do not count. Default: 0. */
  readonly cooldown?: number;
  /** How many steps' losses are averaged to one that counts: at least 1. Default: 1. Use the steps of an epoch for batch losses. */
  readonly accumulationSize?: number;
  /** The least scale. Default: 0. */
  readonly minScale?: number;
}

/** Above every loss, yet a number that can be written to a file. */
const LARGEST = { float32: (2 - 2 ** -23) * 2 ** 127, float64: Number.MAX_VALUE } as const;

/**
 * Multiplies updates by a scale that begins at 1 and is multiplied by `factor` whenever the loss has not improved `patience` times in
 * a row. After an optimizer in a chain. Optax's `contrib.reduce_on_plateau`; a callback of a similar name acts on epochs instead.
 *
 * State: `scale`, `best` (the largest finite number before the first loss), `mean` and `count` of the losses being averaged, `bad`, `cooldown`.
 * @throws `INVALID_ARGUMENT`; in `update` `MISSING_CONTEXT` where there is no loss.
 * @example
 * chain(adam(), reduceOnPlateau({ patience: 5, accumulationSize: 100 }));
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): GradientTransform {
  checkOptions('reduceOnPlateau', options, {
    factor: share,
    patience: rules.positiveCount,
    rtol: between(0, 1),
    atol: rules.notNegative,
    cooldown: rules.count,
    accumulationSize: rules.positiveCount,
    minScale: between(0, 1),
  });
  const { factor = 0.1, patience = 10, rtol = 1e-4, atol = 0, cooldown = 0, accumulationSize = 1, minScale = 0 } = options;
  const none = scalar(0, 'int32');
  return {
    name: 'reduceOnPlateau',
    init(params) {
      const dtype = floatOf(params);
      return {
        scale: scalar(1, dtype),
        best: scalar(LARGEST[dtype], dtype),
        mean: scalar(0, dtype),
        count: none,
        bad: none,
        cooldown: none,
      };
    },
    update(updates, state, _params, context) {
      const { scale, best, mean, count, bad, cooldown: resting } = state as Readonly<Record<string, Tensor>>;
      const { dtype } = best;
      const loss = cast(requireContext(context, 'reduceOnPlateau', 'loss'), dtype);
      const seen = add(count, 1);
      const average = divide(add(multiply(cast(count, dtype), mean), loss), cast(seen, dtype));
      const counts = equal(seen, accumulationSize);

      const improved = less(average, subtract(multiply(best, 1 - rtol), atol));
      const rests = greater(resting, 0);
      const badNow = where(improved, none, add(bad, 1));
      const reduces = logicalAnd(logicalNot(rests), equal(badNow, patience));
      const reduced = where(rests, scale, maximum(where(reduces, multiply(scale, factor), scale), minScale));
      const after = {
        scale: reduced,
        best: where(improved, average, best),
        mean: scalar(0, dtype),
        count: none,
        bad: where(rests, none, where(reduces, none, badNow)),
        cooldown: where(rests, subtract(resting, 1), where(reduces, scalar(cooldown, 'int32'), none)),
      };
      const before: typeof after = { scale, best, mean: average, count: seen, bad, cooldown: resting } as never;
      const next = Object.fromEntries(
        Object.entries(before).map(([name, old]) => [name, where(counts, after[name as keyof typeof after], old)]),
      );
      return [perParameter(updates, (u) => multiply(u, cast(next.scale, u.dtype))), next];
    },
  };
}
