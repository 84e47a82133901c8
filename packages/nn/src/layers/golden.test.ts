/** Layers against PyTorch (test/golden/make_layers.py): outputs, moving statistics, and gradients by inputs and parameters. */
import type { Params } from '@gradus/core';
import { asarray, isFloat, leaves, multiply, NDArray, prepare, randomKey, relu, sum, trace, valueAndGrad, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/layers.json' with { type: 'json' };
import type { Layer, LayerLike } from '../layer.js';
import {
  averagePool2d, batchNormalization, bidirectional, checkpointed, conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d,
  convTranspose3d, embedding, groupNormalization, gru, instanceNormalization, layerNormalization, lstm, maxPool2d, multiHeadAttention,
  rmsNormalization, sequential, simpleRnn, transformerDecoderBlock, transformerEncoder, transformerEncoderBlock,
} from './index.js';

type Float = 'float32' | 'float64';

const block = { features: 8, heads: 2, hidden: 12 } as const;

/** The layer of each golden case. */
const layers = (dtype: Float): Readonly<Record<string, LayerLike>> => ({
  conv1d: conv1d({ in: 3, out: 4, kernel: 3, strides: 2, padding: 1, dtype }),
  conv2d: conv2d({ in: 3, out: 4, kernel: 3, padding: 'same', dtype }),
  'conv2d, groups': conv2d({ in: 4, out: 6, kernel: [3, 2], strides: [2, 1], padding: [1, 0], dilations: [1, 2], groups: 2, bias: false, dtype }),
  conv3d: conv3d({ in: 2, out: 3, kernel: 2, strides: 2, dtype }),
  convTranspose1d: convTranspose1d({ in: 3, out: 4, kernel: 3, strides: 2, padding: 1, outputPadding: 1, dtype }),
  convTranspose2d: convTranspose2d({ in: 4, out: 6, kernel: 4, strides: 2, padding: 1, groups: 2, dtype }),
  convTranspose3d: convTranspose3d({ in: 2, out: 3, kernel: 2, strides: 2, dtype }),
  maxPool2d: maxPool2d({ size: 3, strides: 2, padding: 1 }),
  averagePool2d: averagePool2d({ size: 2, ceilMode: true }),
  embedding: embedding({ vocabulary: 7, features: 3, dtype }),
  layerNormalization: layerNormalization({ features: 6, dtype }),
  rmsNormalization: rmsNormalization({ features: 6, dtype }),
  groupNormalization: groupNormalization({ features: 6, groups: 2, dtype }),
  instanceNormalization: instanceNormalization({ features: 3, dtype }),
  batchNormalization: batchNormalization({ features: 3, dtype }),
  'batchNormalization, vectors': batchNormalization({ features: 3, momentum: 0.75, epsilon: 1e-3, dtype }),
  lstm: lstm({ in: 2, out: 4, dtype }),
  'lstm, last': lstm({ in: 2, out: 4, returnSequences: false, dtype }),
  'lstm, mask and state': lstm({ in: 2, out: 4, dtype }),
  gru: gru({ in: 2, out: 4, dtype }),
  'gru, mask, last': gru({ in: 2, out: 4, returnSequences: false, dtype }),
  simpleRnn: simpleRnn({ in: 2, out: 4, dtype }),
  'simpleRnn, relu': simpleRnn({ in: 2, out: 4, activation: 'relu', dtype }),
  'bidirectional lstm': bidirectional(lstm, { in: 2, out: 3, dtype }),
  multiHeadAttention: multiHeadAttention({ features: 8, heads: 2, dtype }),
  'multiHeadAttention, masks': multiHeadAttention({ features: 8, heads: 2, dtype }),
  'multiHeadAttention, causal': multiHeadAttention({ features: 8, heads: 2, causal: true, dtype }),
  'multiHeadAttention, memory': multiHeadAttention({ features: 8, heads: 2, memory: 6, dtype }),
  'multiHeadAttention, rotary and grouped': multiHeadAttention({
    features: 8, heads: 4, keyValueHeads: 2, valueSize: 3, causal: true, rotary: true, dtype,
  }),
  transformerEncoderBlock: transformerEncoderBlock({ ...block, dtype }),
  'transformerEncoderBlock, post': transformerEncoderBlock({ ...block, norm: 'post', activation: relu, dtype }),
  transformerEncoder: transformerEncoder({ ...block, layers: 2, dtype }),
  transformerDecoderBlock: transformerDecoderBlock({ ...block, dtype }),
});

interface Listed {
  readonly shape: number[];
  readonly type: string;
  readonly data: (number | boolean)[];
}

interface Case {
  readonly params: Record<string, Listed>;
  readonly buffers?: Record<string, Listed>;
  readonly x: Listed;
  readonly extras: Record<string, Listed>;
  readonly output: Listed;
  readonly direction: Listed;
  readonly gradient: Listed | null;
  readonly extraGradients: Record<string, Listed>;
  readonly gradients: Record<string, Listed>;
  readonly nextBuffers?: Record<string, Listed>;
  readonly evaluated?: Listed;
}

const cases = golden as unknown as Record<string, Case>;

function array({ shape, type, data }: Listed, dtype: Float): NDArray {
  if (type === 'bool') return new NDArray('bool', shape, Uint8Array.from(data, Number));
  return asarray(Float64Array.from(data, Number), { shape, dtype: type === 'int32' ? 'int32' : dtype });
}

const arrays = (record: Record<string, Listed>, dtype: Float): Params =>
  Object.fromEntries(Object.entries(record).map(([name, listed]) => [name, array(listed, dtype)]));

/** The largest distance, relative where numbers are larger than 1. */
function distance(actual: Tensor, { shape, data }: Listed): number {
  expect(actual.shape).toEqual(shape);
  const values = Array.from((actual as NDArray).data as Float64Array);
  return Math.max(...values.map((value, i) => Math.abs(value - Number(data[i])) / Math.max(1, Math.abs(Number(data[i])))));
}

interface Results {
  readonly output: Tensor;
  readonly next: Record<string, Tensor>;
  /** By parameters, and by the input and floating-point extras. */
  readonly gradients: { readonly params: Record<string, Tensor>; readonly inputs: Record<string, Tensor> };
}

/** Output, gradients and new buffers, computed at once or by a traced graph. */
function run(layer: Layer, golden: Case, dtype: Float, traced: boolean): Results {
  const direction = array(golden.direction, dtype);
  const all = {
    params: arrays(golden.params, dtype),
    inputs: arrays({ x: golden.x, ...golden.extras }, dtype),
    buffers: arrays(golden.buffers ?? {}, dtype),
  };
  const fn = ({ params, inputs, buffers }: Record<keyof typeof all, Record<string, Tensor>>): Results => {
    const floats = Object.fromEntries(Object.entries(inputs).filter(([, value]) => isFloat(value.dtype)));
    const [[, result], gradients] = valueAndGrad((of: { params: typeof params; inputs: typeof inputs }) => {
      const next: Record<string, Tensor> = {};
      const setBuffer = (name: string, value: Tensor): void => void (next[name] = value);
      const { x, ...extras } = { ...inputs, ...of.inputs };
      const output = layer.apply(of.params, x, { key: randomKey(0), training: true, emit: null, buffers, setBuffer }, extras);
      return [sum(multiply(output, direction)), { output, next }] as const;
    })({ params, inputs: floats });
    return { ...result, gradients } as Results;
  };
  if (!traced) return fn(all);
  const { graph, unflatten } = trace(fn, all);
  return unflatten(prepare(graph)(leaves<NDArray>(all))) as unknown as Results;
}

const asLayer = (layer: LayerLike): Layer => (typeof layer === 'function' ? sequential([layer]) : layer);

function check(layer: LayerLike, golden: Case, dtype: Float, traced: boolean): void {
  const tolerance = dtype === 'float64' ? 1e-9 : 1e-5;
  const { output, gradients, next } = run(asLayer(layer), golden, dtype, traced);
  const { params, inputs } = gradients;
  expect(distance(output, golden.output)).toBeLessThan(tolerance);
  const expected: [string, Tensor, Listed][] = [
    ...Object.entries(golden.gradients).map(([name, listed]): [string, Tensor, Listed] => [name, params[name], listed]),
    ...Object.entries(golden.extraGradients).map(([name, listed]): [string, Tensor, Listed] => [name, inputs[name], listed]),
    ...(golden.gradient === null ? [] : [['x', inputs.x, golden.gradient] as [string, Tensor, Listed]]),
    ...Object.entries(golden.nextBuffers ?? {}).map(([name, listed]): [string, Tensor, Listed] => [name, next[name], listed]),
  ];
  expect(Object.keys(params)).toEqual(Object.keys(golden.gradients));
  for (const [name, actual, listed] of expected) expect([name, distance(actual, listed) < tolerance]).toEqual([name, true]);
}

describe.each(Object.keys(cases))('%s', (name) => {
  it.each([
    ['float64', false],
    ['float64', true],
    ['float32', false],
  ] as const)('is that of PyTorch in %s, traced: %s', (dtype, traced) => {
    check(layers(dtype)[name], cases[name], dtype, traced);
  });

  it('makes parameters of these names and shapes', () => {
    const shapes = (params: Params | Record<string, Listed>): unknown =>
      Object.fromEntries(Object.entries(params).map(([own, { shape }]) => [own, shape]));
    expect(shapes(asLayer(layers('float32')[name]).init(randomKey(0)))).toEqual(shapes(cases[name].params));
  });
});

it('covers every case', () => {
  expect(Object.keys(layers('float32'))).toEqual(Object.keys(cases));
});

it.each(['batchNormalization', 'batchNormalization, vectors'])('%s evaluates by moving statistics', (name) => {
  const { params, x, nextBuffers, evaluated } = cases[name];
  const context = { key: randomKey(0), training: false, emit: null, buffers: arrays(nextBuffers!, 'float64') };
  const y = asLayer(layers('float64')[name]).apply(arrays(params, 'float64'), array(x, 'float64'), context);
  expect(distance(y, evaluated!)).toBeLessThan(1e-9);
});

it.each(['transformerEncoderBlock', 'lstm', 'conv2d'])('checkpointed %s is the same', (name) => {
  for (const traced of [false, true]) check(checkpointed(layers('float64')[name] as Layer), cases[name], 'float64', traced);
});
