/** Dropout as a trained model applies it: it keeps everything. */
import { ones, type Tensor } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

function dropout(call: Call): Tensor[] {
  const x = call.input(0);
  const ratio = call.float('ratio') ?? (call.has(1) ? call.array(1).item() : 0.5);
  const training = call.has(2) && call.array(2).item() === 1;
  if (training && ratio > 0) {
    throw call.unsupported('training mode', 'Drop elements in the function that is trained, with a random key: dropout() of @gradus/nn.');
  }
  // Before operator set 10 the mask has the type of x.
  return [x, ones(x.shape, call.version < 10 ? x.dtype : 'bool')];
}

export const rules: Rules = { Dropout: dropout };
