// A model of every family, exported in the forms that there are, with inputs and what the live model gives for them.
const source = (name) => import(new URL(`../../packages/${name}/src/index.ts`, import.meta.url).href);
const graph = await source('graph');
const nn = await source('nn');
const { exportOnnx, importOnnx, quantizeOnnx, serializeModel, encodeLoop } = await source('onnx');
const { toFloat16 } = await import(new URL('../../packages/onnx/src/export/float16.ts', import.meta.url).href);
const { runnable } = await source('engine-ort');
const local = await source('local-learning');
const { DepthAwareBackend, HCNode, tensorSequenceModel } = await source('hypercausal');

const key = graph.randomKey(20261);
const context = { training: false, emit: null, variables: {}, key };

/** Parameters as after training: nothing is 0 or 1 any more. */
const stateOf = (model) => {
  const moved = (values = {}) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, graph.add(graph.multiply(value, 0.9), 0.05)]));
  return { params: moved(model.init(key)), buffers: moved(model.buffers?.()) };
};

const stored = ({ dtype, shape, data }) => ({
  dtype,
  shape,
  data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
});

function drawn(spec, sizes, seed) {
  const shape = spec.shape.map((n) => (typeof n === 'string' ? sizes[n] : n));
  const own = graph.foldIn(key, seed);
  if (spec.dtype.startsWith('float')) return graph.normal(own, shape, { dtype: spec.dtype });
  return graph.asarray(graph.remainder(graph.bits(own, shape), spec.below ?? 2), { dtype: spec.dtype });
}

/**
 * A case: the file, and runs at sizes at which the model was not traced.
 * @param inputs Specs by name; `below` bounds whole numbers.
 */
function exported(model, inputs, sizes, { tolerance = 1e-5, state = stateOf(model), ...options } = {}) {
  return () => {
    const specs = Object.fromEntries(Object.entries(inputs).map(([name, { dtype, shape }]) => [name, { dtype, shape }]));
    const bytes = serializeModel(exportOnnx(model, state, { inputs: specs, ...options }));
    const runs = sizes.map((own, i) => {
      const given = Object.fromEntries(Object.entries(inputs).map(([name, spec], k) => [name, drawn(spec, own, 10 * i + k)]));
      const live = model.predict(state.params, given, { ...context, buffers: state.buffers ?? {} });
      const outputs = live instanceof graph.NDArray ? [live] : Object.values(live);
      return { inputs: mapped(given), outputs: outputs.map(stored) };
    });
    return { bytes, runs, tolerance };
  };
}
const mapped = (arrays) => Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, stored(array)]));

const network = (members) => nn.supervised({ name: 'network', net: nn.sequential(members), loss: nn.meanSquaredError });
const f32 = (...shape) => ({ x: { dtype: 'float32', shape } });
const batches = [{ batch: 1 }, { batch: 3 }, { batch: 17 }];
const { relu } = graph;

const classifier = network([nn.dense({ in: 5, out: 8 }), relu, nn.dropout(0.5), nn.dense({ in: 8, out: 3 })]);
const images = network([
  nn.conv2d({ in: 2, out: 4, kernel: 3 }),
  nn.batchNormalization({ features: 4 }),
  relu,
  nn.residual(nn.conv2d({ in: 4, out: 4, kernel: 3, padding: 'same' })),
  nn.groupNormalization({ features: 4, groups: 2 }),
  nn.maxPool2d({ size: 2 }),
  nn.flattenSamples,
  nn.dense({ in: 36, out: 3 }),
]);
const recurrent = network([nn.bidirectional(nn.lstm, { in: 3, out: 4 }), nn.gru({ in: 8, out: 5, returnSequences: false }), nn.dense({ in: 5, out: 2 })]);
const attention = network([
  nn.transformerEncoderBlock({ features: 8, heads: 2, causal: true }),
  nn.multiHeadAttention({ features: 8, heads: 4, keyValueHeads: 2 }),
  nn.meanOverTime,
  nn.dense({ in: 8, out: 3 }),
]);
const language = nn.supervised({
  name: 'language',
  net: nn.sequential([nn.embedding({ vocabulary: 11, features: 8 }), nn.sinusoidalPositions(), nn.multiHeadAttention({ features: 8, heads: 2, rotary: true, causal: true }), nn.dense({ in: 8, out: 11 })]),
  loss: nn.softmaxCrossEntropy,
  input: 'tokens',
});

/** A state that moves to a fixed point of its own, as long as it takes. */
const dynamics = {
  name: 'dynamics',
  init: () => ({ w: graph.asarray([[0.2, -0.4], [0.3, 0.1]]) }),
  loss: () => graph.asarray(0),
  predict: ({ w }, { x }) =>
    graph.whileLoop(
      ({ moved, steps }) => graph.logicalAnd(graph.greater(moved, 1e-6), graph.less(steps, 60)),
      ({ state, steps }) => {
        const next = graph.tanh(graph.add(x, graph.matmul(state, w)));
        return { state: next, moved: graph.max(graph.abs(graph.subtract(next, state))), steps: graph.add(steps, 1) };
      },
      { state: graph.multiply(x, 0), moved: graph.asarray(1), steps: graph.asarray(0) },
    ).state,
};

const chain = (depth) => {
  const nodes = [0.9, 0.97, 1.05].map((w) => new HCNode(new DepthAwareBackend({ outputDim: 3, w, span: 0.25, depth })));
  return tensorSequenceModel({ nodes, branches: 5 });
};
const steps = [{ steps: 1 }, { steps: 6 }, { steps: 40 }];
const f64 = { x: { dtype: 'float64', shape: ['steps', 3] } };

/** A network of a file of PyTorch with another head. */
const imported = () => {
  const file = new URL('../../packages/onnx/test/golden/fine-tune/model.onnx', import.meta.url).pathname;
  const net = importOnnx(file).truncate({ at: '/features/features.7/Flatten' }).append(nn.dense({ in: 36, out: 3 }));
  return nn.supervised({ name: 'imported', net, loss: nn.softmaxCrossEntropy });
};

/** Units that settle, with rules of their own for learning. */
const settling = () => {
  const layers = local.layerMap({
    1: {
      0: local.fullyConnected({ in: 10, out: 24, threshold: 3.5 }),
      1: local.recurrentDiscrete({ units: 24, selfCoupling: 0.5, threshold: 0.5 }),
      2: local.frozenFullyConnected({ in: 4, out: 24, strength: 0.3 }),
    },
    2: { 1: local.fullyConnected({ in: 24, out: 4, threshold: 3.5 }), 2: local.outputLayer({ units: 4 }) },
  });
  return local.localNetwork({ name: 'settling', layers, protocol: local.twoPhase({ clamped: 10, free: 10, inference: 10 }) });
};

/** The same arrays in another float type, as bytes. */
const as = {
  float64: (array) => ({ ...stored(graph.asarray(array, { dtype: 'float64' })) }),
  float16: ({ shape, data }) => ({ dtype: 'float16', shape, data: Buffer.from(Uint16Array.from(data, toFloat16).buffer).toString('base64') }),
};

/** The classifier with every float as another type; what it must give is what it gives in float64. */
function inPrecision(precision, tolerance) {
  return () => {
    const state = { params: classifier.init(key) };
    const wide = Object.fromEntries(Object.entries(state.params).map(([name, array]) => [name, graph.asarray(array, { dtype: 'float64' })]));
    const bytes = serializeModel(exportOnnx(classifier, state, { inputs: f32('batch', 5), precision }));
    const runs = batches.map((sizes, i) => {
      const x = graph.asarray(drawn({ dtype: 'float32', shape: ['batch', 5] }, sizes, i), { dtype: 'float64' });
      const y = classifier.predict(wide, { x }, { ...context, buffers: {} });
      return { inputs: { x: as[precision](x) }, outputs: [as[precision](y)] };
    });
    return { bytes, runs, tolerance };
  };
}

/** The classifier in integers, which is only near to what it was. */
async function quantised() {
  const { bytes, runs } = exported(classifier, f32('batch', 5), batches)();
  const { model } = await quantizeOnnx(bytes, { samples: { x: drawn({ dtype: 'float32', shape: [50, 5] }, {}, 99) }, least: 1 });
  return { bytes: serializeModel(model), runs, tolerance: 0.1 };
}

/** K steps of gradient descent on a line, as a trainer runs them. */
function loop() {
  const line = (state, batch) => {
    const [loss, gradient] = graph.valueAndGrad((w) => graph.mean(graph.square(graph.subtract(graph.multiply(w, batch.x), batch.y))))(state);
    return [graph.subtract(state, graph.multiply(gradient, 0.1)), loss];
  };
  const spec = { dtype: 'float32', shape: [4] };
  const step = graph.trace((w, x, y) => line(w, { x, y }), { dtype: 'float32', shape: [] }, spec, spec).graph;
  const [x, y] = [1, 2].map((seed) => graph.normal(graph.foldIn(key, seed), [5, 4]));
  let w = graph.asarray(0.5);
  const losses = [];
  for (let k = 0; k < 5; k++) {
    const [next, loss] = line(w, { x: graph.row(x, k), y: graph.row(y, k) });
    losses.push(loss.item());
    w = next;
  }
  const names = step.inputNames;
  const runs = [{ inputs: mapped({ [names[0]]: graph.asarray(0.5), [names[1]]: x, [names[2]]: y }), outputs: [stored(w), stored(graph.asarray(losses))] }];
  return { bytes: encodeLoop(step, { carried: 1, scanned: 2 }), runs, tolerance: 1e-5 };
}

const opsets = [15, 16, 17, 18, 19, 20, 21, 22, 23];

/** Every case by name: makes the bytes of a file, and runs with the outputs that it must give. */
export const cases = {
  classifier: exported(classifier, f32('batch', 5), batches),
  'classifier-fixed': exported(classifier, f32(4, 5), [{}], { dynamic: [] }),
  images: exported(images, f32('batch', 2, 8, 8), batches),
  'images-folded': exported(images, f32('batch', 2, 8, 8), batches, { normalisation: 'folded' }),
  'images-of-any-size': exported(
    network([nn.conv2d({ in: 1, out: 3, kernel: 3, strides: 2 }), relu, nn.lambda((y) => graph.mean(y, { axes: [2, 3] })), nn.dense({ in: 3, out: 2 })]),
    f32('batch', 1, 'height', 'width'),
    [{ batch: 1, height: 7, width: 9 }, { batch: 4, height: 20, width: 11 }],
  ),
  recurrent: exported(recurrent, f32('batch', 'time', 3), [{ batch: 1, time: 6 }, { batch: 4, time: 1 }, { batch: 2, time: 11 }]),
  attention: exported(attention, f32('batch', 'time', 8), [{ batch: 1, time: 24 }, { batch: 3, time: 1 }, { batch: 2, time: 9 }]),
  language: exported(language, { tokens: { dtype: 'int32', shape: ['batch', 'time'], below: 11 } }, [{ batch: 1, time: 16 }, { batch: 3, time: 5 }], { limits: { time: 16 } }),
  dynamics: exported(dynamics, f32('batch', 2), batches),
  imported: () => exported(imported(), f32('batch', 1, 12, 12), batches)(),
  'local-network': () => exported(settling(), f32('batch', 10), batches, { state: { params: settling().init(key) } })(),
  'local-inference': () => ({ ...cases['local-network'](), bytes: local.exportInference(settling(), settling().init(key)) }),
  loop,
  quantised,
  'in-float64': inPrecision('float64', 1e-12),
  'in-float16': inPrecision('float16', 5e-3),
  ...Object.fromEntries([1, 2, 3, 5, 8].map((depth) => [`chain-${depth}`, exported(chain(depth), f64, steps, { tolerance: 1e-12, state: { params: chain(depth).init(key) }, rewrite: runnable })])),
  ...Object.fromEntries(opsets.map((opset) => [`operator-set-${opset}`, exported(opset < 17 ? images : attention, opset < 17 ? f32('batch', 2, 8, 8) : f32('batch', 5, 8), batches, { opset })])),
};
