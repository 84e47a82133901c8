/** Noisy copies of random patterns: the task of the tutorial. */
import { checkOptions, oneOf, rules, type Rule } from '@gradus/core';
import {
  bernoulli,
  floorDivide,
  foldIn,
  GradusError,
  multiply,
  permutation,
  randomKey,
  scalar,
  take,
  where,
  type NDArray,
  type Tensor,
} from '@gradus/graph';
import type { Float } from '../module.js';

export interface PrototypeDataOptions {
  /** Prototypes, one for each class. Default: 10. */
  readonly classes?: number;
  /** Bits of a pattern. Default: 100. */
  readonly dimensions?: number;
  /** Samples to train on; the classes share them evenly. At least one for each class. Default: 1000. */
  readonly samples?: number;
  /** Samples of the same prototypes with noise of their own, to validate with. Default: as many. */
  readonly validation?: number;
  /** The probability that a bit is turned, from 0 to below 0.5. Default: 0.3. */
  readonly flip?: number;
  /** Default: 0. */
  readonly seed?: number;
  /** Default: `float32`. */
  readonly dtype?: Float;
}

/** A record of fields, as `inMemory` and `labelledData` take it. */
export type Labelled = {
  /** Patterns ±1: `[samples, dimensions]`. */
  readonly x: NDArray;
  /** Classes: int32 [samples]. */
  readonly y: NDArray;
};

export interface PrototypeData {
  readonly train: Labelled;
  readonly validation: Labelled;
  /** ±1: `[classes, dimensions]`. */
  readonly prototypes: NDArray;
}

const flipRule: Rule = { expected: 'a number from 0 to below 0.5', accepts: (v) => typeof v === 'number' && v >= 0 && v < 0.5 };

/**
 * Random prototypes ±1 and copies of them whose bits are turned with some probability, in random order. The nearest prototype classifies
 * 0.983 of the default's samples.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * const { train, validation } = prototypeData({ seed: 1 });
 * await trainer.fit(inMemory(train, { batchSize: 16 }), { validationData: inMemory(validation, { shuffle: false }) });
 */
export function prototypeData(options: PrototypeDataOptions = {}): PrototypeData {
  checkOptions('prototypeData', options, {
    classes: rules.positiveCount,
    dimensions: rules.positiveCount,
    samples: rules.positiveCount,
    validation: rules.positiveCount,
    flip: flipRule,
    seed: rules.count,
    dtype: oneOf('float32', 'float64'),
  });
  const { classes = 10, dimensions = 100, samples = 1000, validation = samples, flip = 0.3, seed = 0, dtype = 'float32' } = options;
  if (Math.min(samples, validation) < classes) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'prototypeData needs at least one sample of each class',
      received: `${samples} to train and ${validation} to validate with`,
      expected: `${classes} or more`,
    });
  }
  const key = randomKey(seed);
  const signs = (stream: number, probability: number, shape: readonly number[]): Tensor =>
    where(bernoulli(foldIn(key, stream), probability, shape), scalar(-1, dtype), scalar(1, dtype));
  const prototypes = signs(0, 0.5, [classes, dimensions]) as NDArray;
  const copies = (count: number, stream: number): Labelled => {
    const order = permutation(foldIn(key, stream), count);
    const y = floorDivide(multiply(order, classes), scalar(count, 'int32')) as NDArray;
    return { x: multiply(take(prototypes, y), signs(stream + 1, flip, [count, dimensions])) as NDArray, y };
  };
  return { train: copies(samples, 1), validation: copies(validation, 3), prototypes };
}
