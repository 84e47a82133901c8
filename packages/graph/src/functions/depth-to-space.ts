/** Blocks of pixels as channels, and back: images `[batch, channels, height, width]`. */
import { shapeError } from '../operator.js';
import { reshape } from '../ops/reshape.js';
import { transpose } from '../ops/transpose.js';
import type { Tensor } from '../tensor.js';

/**
 * Channels spread over blocks of pixels: `[n, c * block^2, h, w]` to `[n, c, h * block, w * block]`. ONNX DepthToSpace.
 *
 * @param options.mode `DCR` (the default): the place in the block comes before the channel in the depth; `CRD`: after it, as in
 *   PyTorch's pixel shuffle.
 * @throws `SHAPE_MISMATCH` unless block^2 divides the depth.
 */
export function depthToSpace(x: Tensor, block: number, options: { readonly mode?: 'DCR' | 'CRD' } = {}): Tensor {
  const [n, depth, h, w] = image('depthToSpace', x, block);
  const c = depth / block ** 2;
  if (!Number.isInteger(c)) throw shapeError('depthToSpace', `${depth} channels`, [x], `a multiple of ${block ** 2} channels`);
  const turned =
    options.mode === 'CRD'
      ? transpose(reshape(x, [n, c, block, block, h, w]), [0, 1, 4, 2, 5, 3])
      : transpose(reshape(x, [n, block, block, c, h, w]), [0, 3, 4, 1, 5, 2]);
  return reshape(turned, [n, c, h * block, w * block]);
}

/** Blocks of pixels as channels: `[n, c, h, w]` to `[n, c * block^2, h / block, w / block]`. ONNX SpaceToDepth. */
export function spaceToDepth(x: Tensor, block: number): Tensor {
  const [n, c, h, w] = image('spaceToDepth', x, block);
  if (h % block !== 0 || w % block !== 0) throw shapeError('spaceToDepth', `${h} by ${w} pixels`, [x], `multiples of ${block}`);
  const blocks = reshape(x, [n, c, h / block, block, w / block, block]);
  return reshape(transpose(blocks, [0, 3, 5, 1, 2, 4]), [n, c * block ** 2, h / block, w / block]);
}

function image(name: string, x: Tensor, block: number): readonly number[] {
  if (x.shape.length !== 4 || !Number.isInteger(block) || block < 1) {
    throw shapeError(name, `no image for blocks of ${block}`, [x], '[batch, channels, height, width] and a block from 1');
  }
  return x.shape;
}
