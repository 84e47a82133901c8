/** One example of every layer, in float64. */
import * as nn from '@gradus/nn';
import { asarray, normal, randomKey, relu, type LayerLike, type NDArray } from '../src/index.js';

export interface LayerCase {
  readonly layer: LayerLike;
  /** A batch of two samples. */
  readonly x: NDArray;
  readonly extras?: Readonly<Record<string, NDArray>>;
}

const dtype = 'float64';
const draw = (...shape: number[]): NDArray => normal(randomKey(9), shape, { dtype }) as NDArray;
const vectors = draw(2, 6);
const sequence = draw(2, 5, 8);
const [line, image, volume] = [draw(2, 4, 9), draw(2, 4, 8, 8), draw(2, 4, 6, 6, 6)];
const tokens = asarray([[0, 3, 2], [1, 1, 4]], { dtype: 'int32' });
const mask = asarray([[true, true, true, true, false], [true, true, false, false, false]]);
const conv = { in: 4, out: 2, kernel: 3, padding: 1, strides: 2, dtype } as const;
const recurrent = { in: 8, out: 3, dtype } as const;
const block = { features: 8, heads: 2, hidden: 12, dtype } as const;
const dense = nn.dense({ in: 6, out: 6, dtype });

export const layers: Readonly<Record<string, LayerCase>> = {
  averagePool1d: { layer: nn.averagePool1d({ size: 2 }), x: line },
  averagePool2d: { layer: nn.averagePool2d({ size: 3, strides: 2, padding: 1 }), x: image },
  averagePool3d: { layer: nn.averagePool3d({ size: 2 }), x: volume },
  batchNormalization: { layer: nn.batchNormalization({ features: 4, dtype }), x: image },
  bidirectional: { layer: nn.bidirectional(nn.gru, recurrent), x: sequence, extras: { mask } },
  checkpointed: { layer: nn.checkpointed(dense), x: vectors },
  composite: { layer: nn.composite({ first: dense, second: dense }, (call, x) => call('second', call('first', x))), x: vectors },
  conv1d: { layer: nn.conv1d(conv), x: line },
  conv2d: { layer: nn.conv2d({ ...conv, groups: 2 }), x: image },
  conv3d: { layer: nn.conv3d(conv), x: volume },
  convTranspose1d: { layer: nn.convTranspose1d(conv), x: line },
  convTranspose2d: { layer: nn.convTranspose2d(conv), x: image },
  convTranspose3d: { layer: nn.convTranspose3d(conv), x: volume },
  dense: { layer: dense, x: vectors },
  dropPath: { layer: nn.dropPath(0.3), x: vectors },
  dropout: { layer: nn.dropout(0.3), x: vectors },
  embedding: { layer: nn.embedding({ vocabulary: 5, features: 3, dtype }), x: tokens },
  feedForward: { layer: nn.feedForward({ features: 6, hidden: 9, dtype }), x: vectors },
  flattenSamples: { layer: nn.flattenSamples, x: image },
  groupNormalization: { layer: nn.groupNormalization({ features: 4, groups: 2, dtype }), x: image },
  gru: { layer: nn.gru(recurrent), x: sequence, extras: { mask } },
  instanceNormalization: { layer: nn.instanceNormalization({ features: 4, dtype }), x: image },
  lambda: { layer: nn.lambda((x) => relu(x)), x: vectors },
  layerNormalization: { layer: nn.layerNormalization({ features: 6, dtype }), x: vectors },
  learnedPositions: { layer: nn.learnedPositions({ length: 5, features: 8, dtype }), x: sequence },
  lstm: { layer: nn.lstm(recurrent), x: sequence, extras: { mask } },
  maxPool1d: { layer: nn.maxPool1d({ size: 2 }), x: line },
  maxPool2d: { layer: nn.maxPool2d({ size: 3, strides: 2, padding: 1 }), x: image },
  maxPool3d: { layer: nn.maxPool3d({ size: 2 }), x: volume },
  meanOverTime: { layer: nn.meanOverTime, x: sequence, extras: { mask } },
  multiHeadAttention: { layer: nn.multiHeadAttention({ features: 8, heads: 2, causal: true, rotary: true, dtype }), x: sequence, extras: { mask } },
  parallel: { layer: nn.parallel([dense, relu]), x: vectors },
  reshapeSamples: { layer: nn.reshapeSamples([16, 16]), x: image },
  residual: { layer: nn.residual(dense), x: vectors },
  rmsNormalization: { layer: nn.rmsNormalization({ features: 6, dtype }), x: vectors },
  sequential: { layer: nn.sequential([dense, relu]), x: vectors },
  simpleRnn: { layer: nn.simpleRnn(recurrent), x: sequence },
  sinusoidalPositions: { layer: nn.sinusoidalPositions(), x: sequence },
  spatialDropout: { layer: nn.spatialDropout(0.3), x: image },
  transformerDecoderBlock: { layer: nn.transformerDecoderBlock(block), x: sequence, extras: { memory: draw(2, 3, 8) } },
  transformerEncoder: { layer: nn.transformerEncoder({ ...block, layers: 2, checkpoint: true }), x: sequence, extras: { mask } },
  transformerEncoderBlock: { layer: nn.transformerEncoderBlock(block), x: sequence, extras: { mask } },
};
