/** Recurrent layers over both directions of time. */
import { checkOptions, oneOf } from '@gradus/core';
import { add, concat, multiply } from '@gradus/graph';
import type { Layer } from '../layer.js';
import type { RecurrentLayer, RecurrentOptions } from '../recurrent.js';
import { composite } from './composite.js';

export interface BidirectionalOptions {
  /** How the two outputs become one: behind one another in the last axis, added, or their mean. Default: `'concat'`. */
  readonly merge?: 'concat' | 'sum' | 'mean';
}

/**
 * Two layers of one kind, one from the first step to the last and one back: members `forward` and `backward`. With `merge: 'concat'` the
 * output has 2 out features. Without `returnSequences` each gives its last state, the backward one that at the first step. Extras: as of
 * the layer, the same for both. Schuster and Paliwal (1997).
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable.
 * @example bidirectional(lstm, { in: 8, out: 32 });
 */
export function bidirectional<Options extends RecurrentOptions>(
  make: (options: Options) => RecurrentLayer,
  options: Omit<Options, 'reverse'>,
  { merge = 'concat' }: BidirectionalOptions = {},
): Layer {
  checkOptions('bidirectional', { merge }, { merge: oneOf('concat', 'sum', 'mean') });
  const towards = (reverse: boolean): RecurrentLayer => make({ ...options, reverse } as unknown as Options);
  return composite({ forward: towards(false), backward: towards(true) }, (call, x) => {
    const [a, b] = [call('forward', x), call('backward', x)];
    if (merge === 'concat') return concat([a, b], { axis: -1 });
    return merge === 'sum' ? add(a, b) : multiply(add(a, b), 0.5);
  });
}
