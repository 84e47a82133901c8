/** Initial weights, and how rates and decay join an update. */
import { add, asarray, multiply, normal, type NDArray, type Shape } from '@gradus/graph';
import type { Adapter, Float } from '../module.js';
import type { LearningOptions } from './options.js';

/** The weights given, or normal ones of this deviation. */
export const initialWeight = (given: NDArray | undefined, key: NDArray, shape: Shape, deviation: number, dtype: Float): NDArray =>
  given === undefined ? (multiply(normal(key, shape, { dtype }), deviation) as NDArray) : asarray(given, { dtype });

/** `learningRate` times the update of `weight` and its decay. */
export const ratesOf =
  ({ learningRate = 1, weightDecay = 0 }: LearningOptions, senders: number): NonNullable<Adapter['withRates']> =>
  (updates, { weight }) => {
    const decayed = weightDecay === 0 ? updates.weight : add(updates.weight, multiply(weight, weightDecay / Math.sqrt(senders)));
    return { weight: learningRate === 1 ? decayed : multiply(decayed, learningRate) };
  };
