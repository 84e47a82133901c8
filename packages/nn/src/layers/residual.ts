/** A layer with a way round it. */
import { add, formatSpec, GradusError, sameShape } from '@gradus/graph';
import type { Layer, LayerLike } from '../layer.js';
import { composite } from './composite.js';

export interface ResidualOptions {
  /** What the input goes through on its way round, such as a convolution of size 1 where channels change. Default: nothing. */
  readonly shortcut?: LayerLike;
}

/**
 * x + layer(x). Members: `layer`, and `shortcut` where it is given. He et al. (2016).
 * @throws `SHAPE_MISMATCH`, when applied, unless both summands have one shape: broadcasting them is a mistake that still trains.
 * @example residual(sequential([dense({ in: 8, out: 8 }), relu]));
 */
export function residual(layer: LayerLike, { shortcut }: ResidualOptions = {}): Layer {
  return composite(shortcut === undefined ? { layer } : { layer, shortcut }, (call, x) => {
    const [through, round] = [call('layer', x), shortcut === undefined ? x : call('shortcut', x)];
    if (sameShape(through.shape, round.shape)) return add(round, through);
    throw new GradusError('SHAPE_MISMATCH', {
      what: 'residual() cannot add what came round its layer to what came through it',
      received: `${formatSpec(round)} and ${formatSpec(through)}`,
      expected: 'one shape',
      fix: 'Give a `shortcut` with the output of the layer, such as dense or conv2d({ kernel: 1 }).',
    });
  });
}
