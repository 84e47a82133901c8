import { checkOptions, oneOf, type SampledEstimator, type Schedule } from '@gradus/core';
import { add, cast, concat, divide, equal, less, multiply, normal, reshape, slice, subtract, sum, type Tensor } from '@gradus/graph';
import { positive } from '../positive.js';
import { randomDirections } from '../random-directions.js';

export interface EvolutionStrategiesOptions {
  /** Standard deviation of the moves. Default: 0.1. */
  readonly sigma?: number | Schedule;
  /** Evaluations per step: an even number, since directions are used both ways. Default: 32. */
  readonly population?: number;
  /**
   * `centeredRanks`: only the order of the losses counts, so that outliers and the scale of the loss do not; `none`: the losses themselves,
   * whose mean is the gradient of the smoothed loss. Default: `centeredRanks`.
   */
  readonly shaping?: 'centeredRanks' | 'none';
}

/**
 * Evolution strategies (Salimans et al., 2017): g = 1/(nσ) Σ u_i ε_i over normal moves ε in mirrored pairs ±ε, with u the losses at θ + σε or
 * their centred ranks, from -1/2 for the best to 1/2 for the worst; ties share their mean rank.
 *
 * A loss in tensors is evaluated inside the compiled step, for the whole population at once; a black box for one member after the other.
 *
 * Hyperparameter: `sigma`.
 * @throws `INVALID_ARGUMENT`; while estimating also `NON_FINITE_LOSS`.
 * @example
 * new Trainer({ model, optimizer: adam(), gradient: evolutionStrategies({ population: 64, sigma: 0.05 }) });
 */
export function evolutionStrategies(options: EvolutionStrategiesOptions = {}): SampledEstimator {
  checkOptions('evolutionStrategies', options, { sigma: positive, population: even, shaping: oneOf('centeredRanks', 'none') });
  const { sigma = 0.1, population = 32, shaping = 'centeredRanks' } = options;
  const pairs = population / 2;
  return randomDirections({
    name: 'evolutionStrategies',
    step: { name: 'sigma', value: sigma },
    pairs,
    draw: (key, shape, dtype) => normal(key, shape, { dtype }),
    weigh(ahead, behind, step) {
      const shaped = shaping === 'none' ? [ahead, behind] : centeredRanks(ahead, behind, population);
      return divide(subtract(shaped[0], shaped[1]), multiply(step, population));
    },
  });
}

const even = {
  expected: 'an even number of 2 or more',
  accepts: (v: unknown) => Number.isInteger(v) && (v as number) >= 2 && (v as number) % 2 === 0,
};

/** Ranks among all losses, from -1/2 to 1/2. */
function centeredRanks(ahead: Tensor, behind: Tensor, count: number): Tensor[] {
  const losses = concat([ahead, behind]);
  const [own, other] = [reshape(losses, [count, 1]), reshape(losses, [1, count])];
  const below = sum(cast(less(other, own), losses.dtype), { axes: 1 });
  // Each equals itself, too.
  const ties = subtract(sum(cast(equal(other, own), losses.dtype), { axes: 1 }), 1);
  const ranks = subtract(divide(add(below, multiply(ties, 0.5)), count - 1), 0.5);
  return [slice(ranks, { stop: count / 2 }), slice(ranks, { start: count / 2 })];
}
