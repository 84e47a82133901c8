/** Models of every family leave as files that ONNX Runtime runs as the live model does, at sizes at which they were never traced. */
import type { Model } from '@gradus/core';
import { VERSION } from '@gradus/core';
import {
  add, arange, asarray, bernoulli, bits, cast, expandDims, greater, isTensor, matmul, normal, remainder, mean, multiply, randomKey, relu, reshape, sigmoid, slice, softmax, subtract, sum, tanh, where,
  whileLoop, type NDArray, type Tensor,
} from '@gradus/graph';
import {
  batchNormalization, bidirectional, conv2d, dense, dropout, embedding, flattenSamples, gru, groupNormalization, lambda, learnedPositions, lstm, maxPool2d, meanOverTime,
  meanSquaredError, multiHeadAttention, residual, sequential, sinusoidalPositions, softmaxCrossEntropy, supervised, transformerEncoderBlock, type LayerLike,
} from '@gradus/nn';
import { describe, expect, it } from 'vitest';
import { decodeModel, exportOnnx, importGraph, serializeModel, toNDArray, verifyOnnx, type ExportOptions, type GraphProto, type ModelMessage, type ModelState, type VerifyOptions } from '../index.js';

const key = randomKey(3) as NDArray;
const network = (members: readonly LayerLike[]): Model => supervised({ name: 'network', net: sequential(members), loss: meanSquaredError });
/** A model of one function; `params` are its parameters. */
const model = (predict: NonNullable<Model['predict']>, params: Model['init'] = () => ({})): Model => ({ name: 'model', init: params, loss: () => asarray(0), predict });
/** Parameters as after training: nothing is 0 or 1 any more. */
const stateOf = (own: Model): ModelState => {
  const moved = (values: Readonly<Record<string, NDArray>> = {}): Record<string, NDArray> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, add(multiply(value, 0.9), 0.05) as NDArray]));
  return { params: moved(own.init(key)), buffers: moved(own.buffers?.()) };
};
const graphOf = (message: ModelMessage): GraphProto => decodeModel(serializeModel(message)).graph;
const shapesOf = ({ inputs, outputs }: GraphProto): unknown => [...inputs, ...outputs].map(({ name, type }) => [name, type?.kind === 'tensor' && type.shape]);

const x = (...shape: (number | string)[]) => ({ x: { dtype: 'float32', shape } as const });
const tokens = { tokens: { dtype: 'int32', shape: ['batch', 'time'] } as const };

interface Case {
  readonly model: Model;
  readonly options: ExportOptions;
  readonly verify?: VerifyOptions;
}

const cases: Record<string, Case> = {
  classifier: { model: network([dense({ in: 5, out: 8 }), relu, dropout(0.5), dense({ in: 8, out: 3 })]), options: { inputs: x(32, 5) } },
  'convolutions with batch normalisation': {
    model: network([conv2d({ in: 2, out: 4, kernel: 3 }), batchNormalization({ features: 4 }), relu, residual(conv2d({ in: 4, out: 4, kernel: 3, padding: 'same' })), groupNormalization({ features: 4, groups: 2 }), maxPool2d({ size: 2 }), flattenSamples, dense({ in: 36, out: 3 })]),
    options: { inputs: x('batch', 2, 8, 8) },
  },
  'images of free sizes': {
    model: network([conv2d({ in: 1, out: 3, kernel: 3, strides: 2 }), relu, lambda((y) => mean(y, { axes: [2, 3] })), dense({ in: 3, out: 2 })]),
    options: { inputs: x('batch', 1, 'height', 'width') },
    verify: { sizes: { batch: [1, 3], height: [7, 12], width: [9, 16] } },
  },
  'recurrent layers': {
    model: network([bidirectional(lstm, { in: 3, out: 4 }), gru({ in: 8, out: 5, returnSequences: false }), dense({ in: 5, out: 2 })]),
    options: { inputs: x('batch', 'time', 3) },
    verify: { sizes: { batch: [1, 4, 2], time: [6, 1, 11] } },
  },
  'attention over free lengths': {
    model: supervised({ name: 'attention', net: sequential([embedding({ vocabulary: 7, features: 8 }), learnedPositions({ length: 24, features: 8 }), transformerEncoderBlock({ features: 8, heads: 2, causal: true }), meanOverTime, dense({ in: 8, out: 3 })]), loss: softmaxCrossEntropy, input: 'tokens' }),
    options: { inputs: tokens, dynamic: ['batch', 'time'] },
    verify: { sizes: { batch: [1, 2, 5], time: [24, 1, 9] } },
  },
  'attention with tables': {
    model: network([sinusoidalPositions(), multiHeadAttention({ features: 8, heads: 4, keyValueHeads: 2, rotary: true }), dense({ in: 8, out: 2 })]),
    options: { inputs: x('batch', 'time', 8), limits: { time: 24 } },
    verify: { sizes: { batch: [2, 1, 3], time: [1, 24, 10] } },
  },
  'dynamics to a fixed point': {
    model: model(({ w }, { x }) => {
      const settled = whileLoop(
        ({ moved, steps }) => greater(multiply(cast(greater(moved, 1e-4), 'float32'), subtract(50, steps)), 0),
        ({ state, steps }) => {
          const next = tanh(add(x, matmul(state, w)));
          return { state: next, moved: mean(multiply(subtract(next, state), subtract(next, state))), steps: add(steps, 1) };
        },
        { state: multiply(x, 0), moved: asarray(1), steps: asarray(0) } as Record<'state' | 'moved' | 'steps', Tensor>,
      );
      return { state: settled.state, steps: settled.steps };
    }, () => ({ w: asarray([[0.2, -0.4], [0.3, 0.1]]) })),
    options: { inputs: x('batch', 2) },
  },
  'float64 with a mask, positions and a size among the numbers': {
    model: model((_, { x }) => {
      const [batch, time] = x.shape;
      const places = arange(0, time, 1, 'float64');
      const mask = greater(add(expandDims(places, 1), 1), places);
      const bias = where(mask, asarray(0, { dtype: 'float64' }), -50);
      const scores = add(multiply(expandDims(x, 1), expandDims(x, 2)), bias);
      return { mixed: matmul(softmax(scores), reshape(x, [batch, time, 1])), part: multiply(sum(x, { axes: 1 }), 1 / time), all: add(sum(x), batch * time + 2) };
    }),
    options: { inputs: { x: { dtype: 'float64', shape: ['batch', 'time'] } } },
  },
  'a batch that is no axis of its own': {
    model: model((_, { x }) => ({ flat: reshape(x, [-1]), pairs: reshape(x, [x.shape[0] * 2, 3]), last: slice(x, { start: x.shape[0] - 1 }), most: slice(x, { stop: x.shape[0] - 1 }), every: slice(x, { step: -1 }) })),
    options: { inputs: x('batch', 6) },
    verify: { sizes: { batch: [2, 3, 11] } },
  },
};

describe.each(Object.entries(cases))('%s', (_, { model: own, options, verify }) => {
  const state = stateOf(own);
  it('runs in ONNX Runtime as it does here', async () => {
    const report = await verifyOnnx(exportOnnx(own, state, options), own, state, verify);
    expect.soft(report.passed, JSON.stringify(report)).toBe(true);
    expect(report.runs.length).toBeGreaterThan(1);
  });

  it('comes back as a function with the same parameters', () => {
    const imported = importGraph(decodeModel(serializeModel(exportOnnx(own, state, options))));
    const sizes: Record<string, number> = { batch: 3, time: 5, height: 9, width: 8 };
    const given = Object.fromEntries(imported.inputs.map(({ name, dtype, shape }) => {
      const own = shape!.map((n) => (typeof n === 'string' ? sizes[n] : n!));
      return [name, dtype === 'int32' ? asarray(remainder(bits(key, own), 7) as NDArray, { dtype }) : (normal(key, own, { dtype: dtype as 'float32' }) as NDArray)];
    }));
    const result = imported.apply(given);
    const live = own.predict!(state.params, given, { key, training: false, emit: null, buffers: state.buffers!, variables: {} }) as Tensor | Record<string, Tensor>;
    const expected = isTensor(live) ? { output: live } : live;
    expect(Object.keys(result)).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected)) {
      expect(String(result[name])).toBe(String(value));
      const [a, b] = [result[name] as NDArray, value as NDArray];
      a.data.forEach((found: number | bigint, i: number) => expect(Math.abs(Number(found) - Number(b.data[i]))).toBeLessThan(a.dtype === 'float64' ? 1e-12 : 2e-6));
    }
    expect(Object.entries(imported.params).filter(([name]) => !name.startsWith('constant')).map(([name, array]) => [name, [...array.data]]).sort()).toEqual(
      Object.entries({ ...state.params, ...state.buffers }).map(([name, array]) => [name, [...array.data]]).sort(),
    );
  });
});

describe('a file', () => {
  const own = network([dense({ in: 4, out: 3 }), relu, dense({ in: 3, out: 2 })]);
  const state = stateOf(own);

  it('has readable names, the lines that made its nodes, and free sizes', () => {
    const graph = graphOf(exportOnnx(own, state, { inputs: x(32, 4) }));
    expect(graph.nodes.map(({ name }) => name)).toEqual(['0/MatMul', '0/Add', '0/Relu', '2/MatMul', '2/Add']);
    expect(graph.initializers.map(({ name }) => name)).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
    expect(graph.nodes[0].docString).toMatch(/^export-onnx.test.ts:\d+:\d+$/);
    expect(shapesOf(graph)).toEqual([['x', ['batch', 4]], ['output', ['batch', 2]]]);
    const { outputs } = graphOf(exportOnnx(cases['a batch that is no axis of its own'].model, { params: {} }, { inputs: x('batch', 6) }));
    expect(outputs.map(({ type }) => type?.kind === 'tensor' && type.shape)).toEqual([['6*batch'], ['2*batch', 3], [1, 6], ['batch + -1', 6], ['batch', 6]]);
  });

  it('has the sizes it is given where none is to be free', () => {
    const graph = graphOf(exportOnnx(own, state, { inputs: { x: asarray([[1, 2, 3, 4]]) }, dynamic: [] }));
    expect(shapesOf(graph)).toEqual([['x', [1, 4]], ['output', [1, 2]]]);
  });

  it('says where it comes from', () => {
    const trained = { ...state, seed: 7, epoch: 2, step: 40, folder: { path: '/somewhere/runs/network/2026-01-02', bytes: {} }, history: [{ epoch: 1, logs: { loss: 0.5, val_loss: 0.75 } }] };
    const message = exportOnnx(own, trained, { inputs: x(1, 4), metadata: { author: 'somebody', score: 0.5 }, description: 'Tells two from one.' });
    expect(Object.fromEntries(decodeModel(message).metadata)).toEqual({
      'gradus.version': VERSION, 'gradus.model': 'network', 'gradus.run': '2026-01-02', 'gradus.epoch': '2', 'gradus.step': '40', 'gradus.seed': '7',
      'gradus.metric.loss': '0.5', 'gradus.metric.val_loss': '0.75', author: 'somebody', score: '0.5',
    });
    expect([message.producerName, message.producerVersion, message.docString, message.graph!.docString]).toEqual(['gradus', VERSION, 'Tells two from one.', 'Tells two from one.']);
  });

  it('has the parameters that the optimizer evaluates with', () => {
    const averaged = { name: 'averaged', init: () => ({}), update: () => [{}, {}] as const, evaluationParams: (params: Record<string, Tensor>) => Object.fromEntries(Object.entries(params).map(([name, value]) => [name, multiply(value, 2)])) };
    const graph = graphOf(exportOnnx(own, state, { inputs: x(1, 4), optimizer: averaged as never }));
    expect(toNDArray(graph.initializers[3]).data).toEqual((multiply(state.params['2.bias'], 2) as NDArray).data);
  });

  it('has strict outputs where the model reads its own so', async () => {
    const decoding = { ...own, decode: (outputs: Tensor | Record<string, Tensor>) => ({ sure: greater(sigmoid(outputs as Tensor), 0.5) }) };
    const file = exportOnnx(decoding, state, { inputs: x(8, 4) });
    expect(graphOf(file).outputs.map(({ name, type }) => [name, type?.kind === 'tensor' && type.elementType])).toEqual([['sure', 'bool']]);
    expect((await verifyOnnx(file, decoding, state)).largest).toBe(0);
    expect(graphOf(exportOnnx(decoding, state, { inputs: x(8, 4), decode: false })).outputs[0].name).toBe('output');
  });

  it('takes the random key as an input where predict draws', async () => {
    const drawing = model((_, { x }, context) => where(bernoulli(context.key, 0.5, x.shape), x, 0));
    const file = exportOnnx(drawing, { params: {} }, { inputs: x(3), dynamic: [] });
    expect(graphOf(file).inputs.map(({ name }) => name)).toEqual(['x', 'key']);
    expect((await verifyOnnx(file, drawing, { params: {} })).largest).toBe(0);
  });
});

describe('batch normalisation', () => {
  const own = network([conv2d({ in: 1, out: 4, kernel: 3 }), batchNormalization({ features: 4 }), relu, batchNormalization({ features: 4 }), flattenSamples, dense({ in: 64, out: 6, bias: false }), batchNormalization({ features: 6 })]);
  const state = stateOf(own);
  const nodes = (options: Partial<ExportOptions>): string[] => graphOf(exportOnnx(own, state, { inputs: x('batch', 1, 6, 6), ...options })).nodes.map(({ type }) => type);

  it('stays an operator with its parameters, or goes into the weights before it', async () => {
    expect(nodes({})).toEqual(['Conv', 'BatchNormalization', 'Relu', 'BatchNormalization', 'Reshape', 'MatMul', 'BatchNormalization']);
    expect(nodes({ normalisation: 'folded' })).toEqual(['Conv', 'Relu', 'Mul', 'Add', 'Reshape', 'MatMul', 'Add']);
    const folded = exportOnnx(own, state, { inputs: x('batch', 1, 6, 6), normalisation: 'folded' });
    expect(graphOf(folded).initializers.map(({ name }) => name)).toEqual(['0.weight', '0.bias', '3.scale', '3.bias', '5.weight', '5.bias', 'constant_0']);
    const report = await verifyOnnx(folded, own, state, { tolerance: 2e-6 });
    expect(report.passed, JSON.stringify(report)).toBe(true);
  });

  it('stays apart from weights that something else reads', async () => {
    const shared = model(({ w, s, b }, { x }, { buffers }) => {
      const y = matmul(x, w);
      const normal = batchNormalization({ features: 2 });
      return add(normal.apply({ scale: s, bias: b }, y, { training: false, buffers, key, emit: null, variables: {} }), y);
    });
    const own = { params: { w: asarray([[1, 2], [3, 4], [5, 6]]), s: asarray([2, 3]), b: asarray([1, -1]) }, buffers: { movingMean: asarray([0.5, 1]), movingVariance: asarray([4, 9]) } };
    const file = exportOnnx(shared, own, { inputs: x('batch', 3), normalisation: 'folded' });
    expect(graphOf(file).nodes.map(({ type }) => type)).toEqual(['MatMul', 'Mul', 'Add', 'Add']);
    expect((await verifyOnnx(file, shared, own)).passed).toBe(true);
  });
});

describe('precision and operator sets', () => {
  const own = network([conv2d({ in: 1, out: 2, kernel: 3 }), batchNormalization({ features: 2 }), flattenSamples, dense({ in: 8, out: 4 }), lambda((y) => softmax(subtract(y, mean(y, { axes: 1, keepDims: true }))))]);
  const state = stateOf(own);
  const options = { inputs: x('batch', 1, 4, 4) };

  it('every float becomes one of another type', async () => {
    for (const precision of ['float64', 'float16'] as const) {
      const graph = graphOf(exportOnnx(own, state, { ...options, precision }));
      const types = [...graph.inputs, ...graph.outputs].map(({ type }) => type?.kind === 'tensor' && type.elementType);
      expect([...types, ...graph.initializers.map(({ elementType }) => elementType)].filter((type) => type !== 'int64')).toEqual(new Array(10).fill(precision));
    }
    // ONNX Runtime has no convolution in float64; a chain of products it runs.
    const chain = network([dense({ in: 3, out: 3 }), relu, dense({ in: 3, out: 2 })]);
    const params = chain.init(key);
    const wide = exportOnnx(chain, { params }, { inputs: x(4, 3), precision: 'float64' });
    const { passed, largest } = await verifyOnnx(wide, chain, { params }, { tolerance: 1e-6 });
    expect([passed, largest > 0]).toEqual([true, true]);
    const half = exportOnnx(chain, { params }, { inputs: x(4, 3), precision: 'float16' });
    await expect(verifyOnnx(half, chain, { params })).rejects.toThrow(/input 'x' of the file has an element type.*float16.*DTYPE_MISMATCH/);
  });

  it.each([15, 16, 17, 18, 19, 20, 21, 22, 23])('operator set %i runs', async (opset) => {
    const file = exportOnnx(own, state, { ...options, opset });
    expect(decodeModel(file).opsets.get('')).toBe(opset);
    expect((await verifyOnnx(file, own, state)).passed).toBe(true);
    expect(graphOf(file).initializers.filter(({ name }) => name.startsWith('constant'))).toHaveLength(opset < 18 ? 1 : 2);
  });

  it('an operator that came later is refused by name', () => {
    const attention = network([transformerEncoderBlock({ features: 4, heads: 1 })]);
    expect(() => exportOnnx(attention, stateOf(attention), { inputs: x('batch', 3, 4), opset: 16 })).toThrow(/LayerNormalization '.*LayerNormalization' is not in operator set 16.*17 or later.*UNSUPPORTED_OPERATOR/);
  });
});

describe('refusals', () => {
  const identity = model((_, { x }) => x);
  const attempt = (own: Model, options: ExportOptions) => (): unknown => exportOnnx(own, stateOf(own), options);

  it('name the node that is tied to a size', () => {
    const tied = model((_, { x }) => multiply(x, asarray(Array.from({ length: x.shape[0] }, (_, i) => i * i))));
    expect(attempt(tied, { inputs: x('batch') })).toThrow(/^Mul \(.*export-onnx.test.ts:\d+:\d+\) is tied to the size.*constant float32\[\d+\].*SIZE_NOT_FREE/);
    for (const large of [(n: number) => n > 20, (n: number) => n % 2 === 0]) {
      const choosing = model((_, { x }) => (large(x.shape[0]) ? tanh(x) : relu(x)));
      expect(attempt(choosing, { inputs: x('batch') })).toThrow(/depends on a size that was to be free.*Relu or Tanh|Tanh or Relu, by the size.*SIZE_NOT_FREE/);
    }
  });

  it('say what is wrong with the options', () => {
    const options = (own: Record<string, unknown>) => attempt(identity, { inputs: x('batch'), ...own } as ExportOptions);
    expect(options({ opset: 12 })).toThrow(/Option 'opset'.*15 to 23.*INVALID_ARGUMENT/);
    expect(options({ precison: 'float16' })).toThrow(/no option 'precison'.*precision.*INVALID_ARGUMENT/);
    expect(options({ dynamic: ['batch', 'time'] })).toThrow(/'dynamic'.*'time'.*longest has 1.*INVALID_ARGUMENT/);
    expect(options({ limits: { time: 3 } })).toThrow(/'limits'.*time: 3.*batch.*INVALID_ARGUMENT/);
    expect(options({ inputs: { x: { dtype: 'float8', shape: [1] } } })).toThrow(/'inputs'.*float8\[1\] for 'x'.*INVALID_ARGUMENT/);
    expect(options({ inputs: { x: { dtype: 'float32', shape: [2] }, y: { dtype: 'float32', shape: [3] } } })).toThrow(/a size 'batch' of 2 \(axis 0 of 'x'\) and of 3 \(axis 0 of 'y'\).*INVALID_ARGUMENT/);
    expect(() => exportOnnx(identity, { params: { x: asarray(1) } }, { inputs: x('batch') })).toThrow(/'x' among parameters, buffers and inputs.*DUPLICATE_NAME/);
  });

  it('want a model in tensors', () => {
    const { loss: _, ...box } = identity;
    expect(attempt({ ...box, objective: () => 1 }, { inputs: x('batch') })).toThrow(/is a black box.*tensorSequenceModel.*INVALID_MODEL/);
    expect(attempt({ name: 'm', init: () => ({}), loss: () => asarray(0) }, { inputs: x('batch') })).toThrow(/'m' has no predict.*INVALID_MODEL/);
  });
});
