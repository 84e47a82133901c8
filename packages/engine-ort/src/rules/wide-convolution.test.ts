/** A convolutional net with everything in it: loss and gradients in ONNX Runtime and in the interpreter. */
import {
  asarray,
  averagePool,
  batchNormTraining,
  conv,
  convTranspose,
  groupNorm,
  jsEngine,
  layerNorm,
  matmul,
  maxPool,
  mean,
  reshape,
  square,
  tanh,
  trace,
  valueAndGrad,
  type DType,
  type Graph,
  type NDArray,
  type Tensor,
} from '@gradus/graph';
import { expect, it } from 'vitest';
import { expectClose } from '../../test/expect-close.js';
import { adapt } from '../adapt.js';
import { ortEngine } from '../ort-engine.js';

const shapes = {
  image: [2, 3, 9, 8],
  first: [6, 3, 3, 3],
  bias: [6],
  grouped: [6, 2, 3, 2],
  up: [6, 2, 2, 3],
  scale: [6],
  head: [48, 2],
};

type Inputs = { readonly [K in keyof typeof shapes]: Tensor };

function loss({ image, first, bias, grouped, up, scale, head }: Inputs): Tensor {
  const a = maxPool(tanh(batchNormTraining(conv(image, first, { padding: 'same', bias }), { scale }).y), 3, { strides: 2, pads: 1 });
  const b = groupNorm(conv(a, grouped, { strides: [2, 1], dilations: [1, 2], pads: [1, [0, 1]], groups: 3 }), 2);
  const c = convTranspose(b, up, { strides: 2, outputPadding: [1, 0], groups: 2 });
  const d = averagePool(maxPool(c, [2, 1]), [1, 2], { pads: [0, [0, 1]] });
  return mean(square(matmul(layerNorm(reshape(d, [2, -1])), head)));
}

function inputs(dtype: DType): NDArray[] {
  return Object.values(shapes).map((shape, start) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return asarray(Float64Array.from({ length: size }, (_, i) => (((i + 10 * start) * 0.7548776662466927 + 0.3) % 1) - 0.5), { dtype, shape });
  });
}

function graphOf(dtype: DType): Graph {
  const names = Object.keys(shapes);
  return trace((all: readonly Tensor[]) => {
    const [value, slopes] = valueAndGrad(loss)(Object.fromEntries(names.map((name, i) => [name, all[i]])) as unknown as Inputs);
    return { value, slopes };
  }, inputs(dtype)).graph;
}

it.each([
  ['float32', 2e-5],
  ['float64', 1e-12],
] as const)('agrees in %s', async (dtype, tolerance) => {
  const graph = graphOf(dtype);
  const [here, there] = await Promise.all([ortEngine({ threads: 1, fallback: false }).compile(graph), jsEngine.compile(graph)]);
  const [results, expected] = await Promise.all([here.run(inputs(dtype)), there.run(inputs(dtype))]);
  results.forEach((result, i) => expectClose(result, expected[i], tolerance, graph.outputNames[i]));
  await here.dispose();
});

it('leaves the operators of float32 alone, and composes those of float64', () => {
  const lacking = (dtype: DType): string[] => {
    const names = adapt(graphOf(dtype)).nodes.map(({ operator }) => operator.name);
    return [...new Set(names)].filter((name) => ['Conv', 'ConvTranspose', 'AveragePool', 'LayerNormalization'].includes(name)).sort();
  };
  expect(lacking('float32')).toEqual(['AveragePool', 'Conv', 'ConvTranspose', 'LayerNormalization']);
  expect(lacking('float64')).toEqual([]);
});
