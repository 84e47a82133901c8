/** The plain recurrent layer. */
import { oneOf } from '@gradus/core';
import { add, matmul, relu, tanh } from '@gradus/graph';
import { recurrent, recurrentRules, type RecurrentLayer, type RecurrentOptions } from '../recurrent.js';

export interface SimpleRnnOptions extends RecurrentOptions {
  /** Default: `'tanh'`. */
  readonly activation?: 'tanh' | 'relu';
}

/**
 * h' = activation(x · weight + h · recurrentWeight + bias) over `[batch, time, in]`: `[batch, time, out]`, or `[batch, out]` without
 * `returnSequences`. Parameters: `weight` [in, out], `recurrentWeight` [out, out], `bias` [out]. Extras: `mask`, bool [batch, time]: a
 * step that is not there leaves the state and gives zeros; `hidden` [batch, out]: the state to begin with, default zeros.
 * `applyWithState` gives the last one. Elman (1990).
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to other sizes.
 */
export function simpleRnn(options: SimpleRnnOptions): RecurrentLayer {
  const activation = options.activation === 'relu' ? relu : tanh;
  return recurrent(
    {
      layer: 'simpleRnn',
      gates: 1,
      states: ['hidden'],
      step: (projected, [hidden], { recurrentWeight }) => [activation(add(projected, matmul(hidden, recurrentWeight)))],
    },
    options,
    { ...recurrentRules, activation: oneOf('tanh', 'relu') },
  );
}
