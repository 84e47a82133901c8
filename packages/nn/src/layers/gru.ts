/** Gated recurrent units. */
import { add, matmul, multiply, sigmoid, splitAxis, subtract, tanh, zeros } from '@gradus/graph';
import { recurrent, recurrentRules, type RecurrentLayer, type RecurrentOptions } from '../recurrent.js';

/**
 * Gated recurrent units over `[batch, time, in]`: `[batch, time, out]`, or `[batch, out]` without `returnSequences`.
 *
 *     r, z = sigmoid(x · weight + h · recurrentWeight + bias)
 *     n = tanh(x · weight + bias + r (h · recurrentWeight + candidateBias))        h' = (1 - z) n + z h
 *
 * Parameters: `weight` [in, 3 out], `recurrentWeight` [out, 3 out], `bias` [3 out], `candidateBias` [out], with the gates in PyTorch's
 * order r, z, n. PyTorch's matrices are the transposes; of its two biases those of r and z add up to `bias`. Extras: `mask`, bool [batch,
 * time]: a step that is not there leaves the state and gives zeros; `hidden` [batch, out]: the state to begin with, default zeros.
 * `applyWithState` gives the last one. Cho et al. (2014), with the reset gate after the product, as in PyTorch and cuDNN.
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to other sizes.
 */
export function gru(options: RecurrentOptions): RecurrentLayer {
  const { out, bias = true } = options;
  return recurrent(
    {
      layer: 'gru',
      gates: 3,
      states: ['hidden'],
      adapt: (params) => ({ ...params, candidateBias: zeros([out], params.bias.dtype) }),
      step(projected, [hidden], { recurrentWeight, candidateBias }) {
        const sizes = [2 * out, out];
        const [gates, candidate] = splitAxis(projected, sizes, { axis: 1 });
        const [ofGates, ofCandidate] = splitAxis(matmul(hidden, recurrentWeight), sizes, { axis: 1 });
        const [r, z] = splitAxis(sigmoid(add(gates, ofGates)), 2, { axis: 1 });
        const n = tanh(add(candidate, multiply(r, bias ? add(ofCandidate, candidateBias) : ofCandidate)));
        return [add(n, multiply(z, subtract(hidden, n)))];
      },
    },
    options,
    recurrentRules,
  );
}
