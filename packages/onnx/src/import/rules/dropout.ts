/** Dropout: as a trained model applies it, it keeps everything; in a network that is trained it drops by a key. */
import { bernoulli, divide, ones, where, type Tensor } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

function dropout(call: Call): Tensor[] {
  const x = call.input(0);
  const { mode } = call;
  const ratio = call.float('ratio') ?? (call.has(1) ? call.array(1).item() : 0.5);
  // Before operator set 10 the mask has the type of x.
  if (mode?.training === true && ratio > 0) {
    if (call.inBody) throw call.unsupported('training inside of a loop or a branch');
    const kept = bernoulli(mode.draw(), 1 - ratio, x.shape);
    return [where(kept, divide(x, 1 - ratio), 0), kept];
  }
  const training = mode === null && call.has(2) && call.array(2).item() === 1;
  if (training && ratio > 0) {
    throw call.unsupported('training mode', 'Read the model with importOnnx(), which drops by a random key while it is trained.');
  }
  return [x, ones(x.shape, call.version < 10 ? x.dtype : 'bool')];
}

export const rules: Rules = { Dropout: dropout };
