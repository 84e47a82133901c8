/** Layers one after another. */
import { GradusError } from '@gradus/graph';
import { requireLayer, type Layer, type LayerLike } from '../layer.js';
import { composite } from './composite.js';

/**
 * Each layer applied to the output of the one before; all get the same extras. Parameters get the layer's place as a prefix: `0.weight`,
 * `2.bias`; functions such as `relu` count as places too.
 * @throws `INVALID_ARGUMENT` for an empty list or a member that is neither layer nor function.
 * @example
 * const net = sequential([dense({ in: 2, out: 16 }), relu, dropout(0.1), dense({ in: 16, out: 3 })]);
 */
export function sequential(members: readonly LayerLike[]): Layer {
  members.forEach((member, i) => requireLayer(`Member ${i} of sequential()`, member));
  if (members.length === 0) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'sequential() got no layers',
      received: '[]',
      expected: 'layers such as dense({ in, out }), or functions such as relu',
    });
  }
  const places = Object.fromEntries(members.map((member, i) => [String(i), member]));
  return composite(places, (call, x) => members.reduce((value, _, i) => call(String(i), value), x));
}
