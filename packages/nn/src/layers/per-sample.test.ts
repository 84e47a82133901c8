/** Gradients of single samples by vmap are those of the samples one by one. */
import { expandDims, grad, normal, randomKey, relu, row, square, sum, vmap, type NDArray, type Tensor } from '@gradus/graph';
import { expect, it } from 'vitest';
import { conv2d, groupNormalization, gru, lstm, maxPool2d, sequential, transformerEncoderBlock, type Layer, type LayerContext } from '../index.js';

type Tensors = Record<string, Tensor>;

const dtype = 'float64';
const context: LayerContext = { key: randomKey(0), training: true, emit: null, buffers: {} };

it.each<[string, Layer, number[]]>([
  ['lstm', lstm({ in: 3, out: 4, dtype }), [6, 3]],
  ['gru', gru({ in: 3, out: 4, dtype, returnSequences: false }), [6, 3]],
  ['transformerEncoderBlock', transformerEncoderBlock({ features: 4, heads: 2, causal: true, rotary: true, dtype }), [6, 4]],
  [
    'convolution, normalisation and pooling',
    sequential([conv2d({ in: 2, out: 4, kernel: 3, dtype }), groupNormalization({ features: 4, groups: 2, dtype }), relu, maxPool2d({ size: 2 })]),
    [2, 6, 6],
  ],
])('%s', (_, layer, shape) => {
  const params = layer.init(randomKey(1));
  const samples = normal(randomKey(2), [3, ...shape], { dtype }) as NDArray;
  const gradientAt = (x: Tensor): Tensors => grad((own: Tensors) => sum(square(layer.apply(own, expandDims(x, 0), context))))(params) as Tensors;
  const all = vmap(gradientAt)(samples) as Record<string, NDArray>;
  for (let i = 0; i < 3; i++) {
    const alone = gradientAt(row(samples, i)) as Record<string, NDArray>;
    for (const [name, { data }] of Object.entries(alone)) {
      const together = row(all[name], i).data as Float64Array;
      (data as Float64Array).forEach((value, k) => expect(together[k]).toBeCloseTo(value, 10));
    }
  }
});
