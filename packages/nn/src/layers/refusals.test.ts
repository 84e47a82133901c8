/** What layers refuse, and how they say it; dropping of channels and samples; shapes. */
import type { NDArray} from '@gradus/graph';
import { asarray, ones, randomKey, zeros, type DType } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import {
  averagePool2d, batchNormalization, bidirectional, conv1d, conv2d, convTranspose2d, dropPath, dropout, embedding, feedForward,
  flattenSamples, groupNormalization, gru, initializers, instanceNormalization, layerNormalization, learnedPositions, lstm, maxPool2d,
  multiHeadAttention, reshapeSamples, rmsNormalization, sequenceMask, sequential, simpleRnn, spatialDropout, transformerDecoderBlock,
  transformerEncoder, transformerEncoderBlock, type Extras, type Layer, type LayerContext, type LayerLike,
} from '../index.js';

const context: LayerContext = { key: randomKey(1), training: true, emit: null, buffers: {} };
const of = (shape: number[], dtype: DType = 'float32'): NDArray => zeros(shape, dtype);

describe('options', () => {
  it.each<[() => unknown, RegExp]>([
    [() => conv2d({ in: 3, out: 0, kernel: 3 }), /'out' of conv2d.*0.*1 or more/],
    [() => conv2d({ in: 3, out: 4, kernel: [3] }), /'kernel' of conv2d.*\[3\].*or 2 of them/],
    [() => conv2d({ in: 3, out: 4, kernel: 0 }), /'kernel' of conv2d/],
    [() => conv2d({ in: 3, out: 4 } as never), /'kernel' of conv2d/],
    [() => conv1d({ in: 3, out: 4, kernel: 3, groups: 2 }), /conv1d do not fall into groups.*3 channels in, 4 out, 2 groups/],
    [() => conv2d({ in: 3, out: 4, kernel: 3, filters: 3 } as never), /conv2d has no option 'filters'/],
    [() => convTranspose2d({ in: 4, out: 3, kernel: 3, groups: 2 }), /4 channels in, 3 out, 2 groups/],
    [() => maxPool2d({ size: 2, stride: 1 } as never), /maxPool2d has no option 'stride'.*strides/],
    [() => averagePool2d({ size: 2, dilations: 2 } as never), /averagePool2d has no option 'dilations'/],
    [() => maxPool2d({} as never), /'size' of maxPool2d.*nothing.*or 2 of them/],
    [() => averagePool2d({ size: [2, 2, 2] }), /'size' of averagePool2d.*\[2,2,2\]/],
    [() => maxPool2d({ size: 2, padding: 'full' as never }), /'padding' of maxPool2d.*'full'.*'valid', 'same'/],
    [() => conv2d({ in: 3, out: 4, kernel: 3, padding: [[0, -1], 0] }), /'padding' of conv2d.*0 or more/],
    [() => conv2d({ in: 3, out: 4, kernel: 3, strides: 0 }), /'strides' of conv2d.*0/],
    [() => embedding({ vocabulary: 0, features: 2 }), /'vocabulary' of embedding/],
    [() => learnedPositions({ length: 1.5, features: 2 }), /'length' of learnedPositions.*1.5/],
    [() => layerNormalization({ features: -1 }), /'features' of layerNormalization/],
    [() => rmsNormalization({ features: 2, epsilon: -1 }), /'epsilon' of rmsNormalization/],
    [() => groupNormalization({ features: 6, groups: 4 }), /groupNormalization do not fall into groups.*6 channels, 4 groups/],
    [() => batchNormalization({ features: 2, momentum: 1 }), /'momentum' of batchNormalization.*from 0 to below 1/],
    [() => lstm({ in: 2, out: 2, units: 3 } as never), /lstm has no option 'units'/],
    [() => lstm({ in: 2, out: 2, forgetBias: NaN }), /'forgetBias' of lstm/],
    [() => gru({ in: 2 } as never), /'out' of gru.*undefined/],
    [() => simpleRnn({ in: 2, out: 2, activation: 'gelu' as never }), /'activation' of simpleRnn.*'gelu'.*'tanh', 'relu'/],
    [() => bidirectional(gru, { in: 2, out: 2 }, { merge: 'max' as never }), /'merge' of bidirectional/],
    [() => multiHeadAttention({ features: 10, heads: 4 }), /heads do not divide the features.*10 features, 4 heads/],
    [() => multiHeadAttention({ features: 8, heads: 4, keyValueHeads: 3 }), /do not share keys evenly.*4 heads, 3/],
    [() => multiHeadAttention({ features: 6, heads: 2, rotary: true }), /odd size.*keySize of 3/],
    [() => multiHeadAttention({ features: 8, heads: 2, rotary: true, memory: 8 }), /rotary: true with a memory/],
    [() => multiHeadAttention({ features: 8, heads: 2, valueSize: 0 }), /'valueSize' of multiHeadAttention/],
    [() => multiHeadAttention({ features: 8, heads: 2, dropout: 1 }), /rate of dropout/],
    [() => feedForward({ features: 8, hidden: 0 }), /'out' of dense/],
    [() => transformerEncoderBlock({ features: 8, heads: 2, norm: 'none' as never }), /'norm' of transformerEncoderBlock.*'pre', 'post'/],
    [() => transformerEncoder({ features: 8, heads: 2, layers: 0 }), /'layers' of transformerEncoder/],
    [() => transformerDecoderBlock({ features: 8, heads: 2, layers: 1 } as never), /transformerDecoderBlock has no option 'layers'/],
    [() => spatialDropout(1), /rate of spatialDropout.*1/],
    [() => dropPath(-0.1), /rate of dropPath/],
    [() => initializers.varianceScaling({ mode: 'fanMean' as never }), /'mode' of varianceScaling.*'fanAverage'/],
  ])('%s', (make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }));
  });
});

describe('inputs', () => {
  it.each<[LayerLike, NDArray, Extras, string, RegExp]>([
    [conv2d({ in: 3, out: 4, kernel: 3 }), of([2, 5, 5, 3]), {}, 'SHAPE_MISMATCH', /conv2d\(\{ in: 3, out: 4 \}\).*float32\[2, 5, 5, 3\].*\[batch, 3, height, width\].*Channels come first/],
    [conv1d({ in: 3, out: 4, kernel: 3 }), of([2, 3]), {}, 'SHAPE_MISMATCH', /float32\[2, 3\].*\[batch, 3, time\]/],
    [conv2d({ in: 1, out: 1, kernel: 3 }), of([1, 1, 2, 2]), {}, 'SHAPE_MISMATCH', /window of 3 does not fit/],
    [convTranspose2d({ in: 3, out: 4, kernel: 3 }), of([2, 4, 5, 5]), {}, 'SHAPE_MISMATCH', /convTranspose2d.*\[batch, 3, height, width\]/],
    [maxPool2d({ size: 2 }), of([2, 3, 5]), {}, 'SHAPE_MISMATCH', /maxPool2d.*float32\[2, 3, 5\].*\[batch, channels, height, width\]/],
    [embedding({ vocabulary: 3, features: 2 }), of([2, 3]), {}, 'DTYPE_MISMATCH', /embedding.*token ids.*float32/],
    [layerNormalization({ features: 4 }), of([2, 3]), {}, 'SHAPE_MISMATCH', /layerNormalization.*\[2, 3\].*\[batch, …, 4\]/],
    [rmsNormalization({ features: 4 }), of([2, 3]), {}, 'SHAPE_MISMATCH', /rmsNormalization.*\[2, 3\].*\[batch, …, 4\]/],
    [groupNormalization({ features: 4, groups: 2 }), of([2, 3, 4]), {}, 'SHAPE_MISMATCH', /groupNormalization.*\[2, 3, 4\].*\[batch, 4, …\]/],
    [instanceNormalization({ features: 4 }), of([2, 3, 4]), {}, 'SHAPE_MISMATCH', /instanceNormalization.*\[batch, 4, …\]/],
    [batchNormalization({ features: 4 }), of([2, 3, 4]), {}, 'SHAPE_MISMATCH', /batchNormalization.*\[batch, 4, …\]/],
    [batchNormalization({ features: 4 }), of([1, 4]), {}, 'INVALID_ARGUMENT', /has no variance.*\[1, 4\].*two samples/],
    [lstm({ in: 3, out: 4 }), of([2, 5, 4]), {}, 'SHAPE_MISMATCH', /lstm\(\{ in: 3, out: 4 \}\).*\[2, 5, 4\].*\[batch, time, 3\].*Features come last/],
    [lstm({ in: 3, out: 4 }), of([2, 5, 3]), { cell: of([2, 3]) }, 'SHAPE_MISMATCH', /'cell' does not fit.*float32\[2, 3\].*\[2, 4\]/],
    [gru({ in: 3, out: 4 }), of([2, 5, 3]), { mask: of([2, 4], 'bool') }, 'SHAPE_MISMATCH', /'mask' does not fit.*bool\[2, 4\].*bool\[2, 5\]/],
    [gru({ in: 3, out: 4 }), of([2, 5, 3]), { mask: of([2, 5]) }, 'DTYPE_MISMATCH', /'mask' does not fit.*float32\[2, 5\].*sequenceMask/],
    [multiHeadAttention({ features: 8, heads: 2 }), of([2, 5, 6]), {}, 'SHAPE_MISMATCH', /multiHeadAttention\(\{ features: 8, heads: 2 \}\).*\[batch, time, 8\]/],
    [multiHeadAttention({ features: 8, heads: 2 }), of([2, 5, 8]), { attentionMask: of([4, 5], 'bool') }, 'SHAPE_MISMATCH', /'attentionMask'.*bool\[4, 5\].*\[2, 2, 5, 5\]/],
    [multiHeadAttention({ features: 8, heads: 2 }), of([2, 5, 8]), { attentionMask: of([5, 5]) }, 'DTYPE_MISMATCH', /'attentionMask'.*float32\[5, 5\]/],
    [multiHeadAttention({ features: 8, heads: 2, memory: 4 }), of([2, 5, 8]), {}, 'INVALID_ARGUMENT', /memory that is not there.*\[batch, steps, 4\]/],
    [multiHeadAttention({ features: 8, heads: 2, memory: 4 }), of([2, 5, 8]), { memory: of([2, 3, 8]) }, 'SHAPE_MISMATCH', /'memory'.*\[2, 3, 8\].*4/],
    [multiHeadAttention({ features: 8, heads: 2, memory: 4 }), of([2, 5, 8]), { memory: of([1, 3, 4]) }, 'SHAPE_MISMATCH', /1 memories for 2 sequences/],
    [transformerDecoderBlock({ features: 8, heads: 2 }), of([2, 5, 8]), {}, 'INVALID_ARGUMENT', /memory that is not there/],
    [reshapeSamples([2, 3]), of([2, 5]), {}, 'SHAPE_MISMATCH', /reshapeSamples\(\[2, 3\]\).*5 elements.*6 elements/],
  ])('%o, %o', (layer, x, extras, code, message) => {
    const net: Layer = typeof layer === 'function' ? sequential([layer]) : layer;
    const act = (): unknown => net.apply(net.init(randomKey(0)), x, { ...context, buffers: net.buffers?.() ?? {} }, extras);
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it('sequenceMask wants whole lengths', () => {
    expect(() => sequenceMask(asarray([1.5]), 3)).toThrow(/sequenceMask.*lengths.*float32.*DTYPE_MISMATCH/);
  });
});

describe('dropping', () => {
  const x = ones([50, 40, 3, 2], 'float64');
  const blocks = (layer: Layer, size: number): Set<number>[] => {
    const data = layer.apply({}, x, context) as NDArray;
    return Array.from({ length: data.size / size }, (_, i) => new Set(Array.from(data.data.subarray(i * size, (i + 1) * size), Number)));
  };

  it.each([
    ['spatialDropout', spatialDropout(0.25), 6, 0.75],
    ['dropPath', dropPath(0.5), 240, 0.5],
  ] as const)('%s takes channels or samples as wholes', (_, layer, size, kept) => {
    const all = blocks(layer, size);
    expect(all.every((values) => values.size === 1)).toBe(true);
    const values = all.map((block) => [...block][0]);
    expect(new Set(values)).toEqual(new Set([0, 1 / kept]));
    const share = values.filter((v) => v !== 0).length / values.length;
    expect(Math.abs(share - kept)).toBeLessThan(4 * Math.sqrt((kept * (1 - kept)) / values.length));
    expect(layer.apply({}, x, { ...context, training: false })).toBe(x);
  });

  it('differs from dropout, which takes single elements', () => {
    expect(blocks(dropout(0.25), 6).some((values) => values.size === 2)).toBe(true);
  });
});

it('flattenSamples and reshapeSamples keep the batch', () => {
  const x = asarray([[[1, 2]], [[3, 4]]]);
  expect((flattenSamples(x) as NDArray).toArray()).toEqual([[1, 2], [3, 4]]);
  expect((reshapeSamples([2, 1])(x) as NDArray).toArray()).toEqual([[[1], [2]], [[3], [4]]]);
  expect(flattenSamples(of([0, 3, 2])).shape).toEqual([0, 6]);
});
