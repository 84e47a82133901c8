/** Long short-term memory. */
import { rules } from '@gradus/core';
import { add, asarray, matmul, multiply, sigmoid, splitAxis, tanh } from '@gradus/graph';
import { recurrent, recurrentRules, type RecurrentLayer, type RecurrentOptions } from '../recurrent.js';

export interface LstmOptions extends RecurrentOptions {
  /** What the bias of the forget gates begins with, so that a new cell keeps its state. Default: 1. Jozefowicz et al. (2015). */
  readonly forgetBias?: number;
}

/**
 * Long short-term memory over `[batch, time, in]`: `[batch, time, out]`, or `[batch, out]` without `returnSequences`.
 *
 *     i, f, g, o = x · weight + h · recurrentWeight + bias        sigmoid on i, f, o; tanh on g
 *     c' = f c + i g        h' = o tanh(c')
 *
 * Parameters: `weight` [in, 4 out], `recurrentWeight` [out, 4 out], `bias` [4 out], with the gates in PyTorch's order i, f, g, o; its
 * matrices are the transposes, its two biases add up to `bias`. Extras: `mask`, bool [batch, time]: a step that is not there leaves the
 * state and gives zeros; `hidden` and `cell` [batch, out]: the state to begin with, default zeros. `applyWithState` gives the last one.
 * Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000).
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to other sizes.
 * @example sequential([lstm({ in: 8, out: 64, returnSequences: false }), dense({ in: 64, out: 10 })]);
 */
export function lstm(options: LstmOptions): RecurrentLayer {
  const { forgetBias = 1 } = options;
  return recurrent(
    {
      layer: 'lstm',
      gates: 4,
      states: ['hidden', 'cell'],
      adapt({ bias, ...params }) {
        const forgets = (i: number): boolean => Math.floor((4 * i) / bias.size) === 1;
        const values = Float64Array.from(bias.data as Float64Array, (value, i) => (forgets(i) ? value + forgetBias : value));
        return { ...params, bias: asarray(values, { dtype: bias.dtype }) };
      },
      step(projected, [hidden, cell], { recurrentWeight }) {
        const [i, f, g, o] = splitAxis(add(projected, matmul(hidden, recurrentWeight)), 4, { axis: 1 });
        const next = add(multiply(sigmoid(f), cell), multiply(sigmoid(i), tanh(g)));
        return [multiply(sigmoid(o), tanh(next)), next];
      },
    },
    options,
    { ...recurrentRules, forgetBias: rules.finite },
  );
}
