/** A scale and a shift for each channel of `[batch, channels, …]`. */
import { shapeError } from './operator.js';
import { add } from './ops/add.js';
import { multiply } from './ops/mul.js';
import { reshape } from './ops/reshape.js';
import type { Tensor } from './tensor.js';

export interface ChannelAffine {
  /** `[channels]`, multiplies the result. Default: none. */
  readonly scale?: Tensor;
  /** `[channels]`, added to the result. Default: none. */
  readonly bias?: Tensor;
}

/** A vector of channels, to broadcast with x. @throws `SHAPE_MISMATCH` for another shape. */
export function alongChannels(name: string, x: Tensor, vector: Tensor): Tensor {
  const [, channels, ...space] = x.shape;
  if (x.shape.length < 2 || vector.shape.length !== 1 || vector.shape[0] !== channels) {
    throw shapeError(name, 'not one number for each channel', [x, vector], '[batch, channels, …] and [channels]');
  }
  return reshape(vector, [channels, ...space.map(() => 1)]);
}

export function affinePerChannel(name: string, x: Tensor, { scale, bias }: ChannelAffine): Tensor {
  const scaled = scale === undefined ? x : multiply(x, alongChannels(name, x, scale));
  return bias === undefined ? scaled : add(scaled, alongChannels(name, x, bias));
}
