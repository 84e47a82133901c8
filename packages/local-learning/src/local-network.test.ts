/** The network as a model: what is a parameter and what is not, fields of the data, metrics. */
import { Trainer } from '@gradus/core';
import { inMemory } from '@gradus/data';
import { ortEngine } from '@gradus/engine-ort';
import { addNoise, localRule } from '@gradus/gradients';
import { argmax, asarray, cast, jsEngine, normal, ones, randomKey, take, trace, type NDArray, type Tensor } from '@gradus/graph';
import { adam, adamw, chain, sgd } from '@gradus/optimizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbers } from '../test/golden.js';
import {
  asynchronous, convolution, crossEntropyFullyConnected, defaultMetrics, encodeLabels, frozenFullyConnected, frozenRescaledFullyConnected, fullyConnected,
  globalMajorityPooling, globalUnpooling, layerMap, localNetwork, outputLayer, prototypeData, recurrentConvolution, recurrentDiscrete,
  recurrentTanh, sgn, sparseFullyConnected, twoPhase, type LabelMode, type LocalNetworkOptions,
} from './index.js';

const draw = (seed: number, ...shape: number[]): NDArray => normal(randomKey(seed), shape, { dtype: 'float64' }) as NDArray;
const connections = {
  1: { 0: fullyConnected({ in: 20, out: 30, threshold: 1 }), 1: recurrentDiscrete({ units: 30, threshold: 0.5 }), 2: frozenFullyConnected({ in: 4, out: 30, strength: 0.5 }) },
  2: { 1: sparseFullyConnected({ in: 30, out: 4, sparsity: 0.5, threshold: 1 }), 2: outputLayer({ units: 4 }) },
};
const network = (options: Partial<LocalNetworkOptions> = {}) => localNetwork({ layers: layerMap(connections), dtype: 'float64', protocol: twoPhase({ clamped: 4, free: 4, inference: 6 }), ...options });
const context = { key: randomKey(0), training: true, emit: null, buffers: {}, variables: {} };
const { train, validation } = prototypeData({ classes: 4, dimensions: 20, samples: 64, flip: 0.1, dtype: 'float64', seed: 2 });
const fitted = async (options: Partial<LocalNetworkOptions>, optimizer = adam({ learningRate: 0.01 }), engine = ortEngine({ threads: 1 })) => {
  const trainer = new Trainer({ model: network(options), optimizer, gradient: localRule(), engine });
  const { history } = await trainer.fit(inMemory({ ...train }, { batchSize: 16 }), {
    epochs: 3, validationData: inMemory({ ...validation }, { batchSize: 32, shuffle: false }), run: false, handleSignals: false,
  });
  return { trainer, rows: history.rows };
};

describe('parameters', () => {
  it('are what learns, and nothing else', () => {
    const model = network();
    expect(Object.keys(model.init(randomKey(0)))).toEqual(['1.0.weight', '1.1.weight', '2.1.weight']);
    expect(Object.keys(model.frozen)).toEqual(['1.2.weight', '2.1.senders', '2.1.present']);
    expect(model.buffers).toBeUndefined();
  });

  it('are drawn from the key, what is frozen from the seed', () => {
    const [a, b, c] = [network(), network(), network({ seed: 1 })];
    expect(numbers(a.frozen['1.2.weight'])).toEqual(numbers(b.frozen['1.2.weight']));
    expect(numbers(a.frozen['1.2.weight'])).not.toEqual(numbers(c.frozen['1.2.weight']));
    const of = (seed: number): number[] => numbers(a.init(randomKey(seed))['1.0.weight']);
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    expect(new Set(Object.values(a.init(randomKey(1))).map((p) => numbers(p)[1])).size).toBe(3);
  });

  it('neither decay nor noise of an optimizer touches self-couplings or frozen feedback', async () => {
    const noisy = chain(addNoise({ eta: 1 }), adamw({ learningRate: 0.05, weightDecay: 0.5 }));
    const { trainer } = await fitted({}, noisy);
    const model = trainer.model as ReturnType<typeof network>;
    const unit = asarray(Float64Array.from({ length: 900 }, (_, i) => (i % 31 === 0 ? 1 : 0)), { shape: [30, 30] });
    const coupling = model.layers.get(1, 1)!.message!({ weight: trainer.params['1.1.weight'] }, unit, { dtype: 'float64', semantics: 'current' });
    expect(Array.from({ length: 30 }, (_, i) => numbers(coupling)[31 * i])).toEqual(new Array(30).fill(0.5));
    expect(numbers(trainer.params['1.1.weight']).filter((v, i) => i % 31 === 0 && v !== 0).length).toBeGreaterThan(20);
    expect(model.frozen).toEqual(network().frozen);
    await trainer.dispose();
  });

  it('are the same bits with and without early exit, in the interpreter and in ONNX Runtime alike', async () => {
    const [early, whole] = await Promise.all([true, false].map((earlyExit) => fitted({ earlyExit })));
    for (const name of Object.keys(early.trainer.params)) expect(numbers(early.trainer.params[name])).toEqual(numbers(whole.trainer.params[name]));
    expect(early.rows[2].logs.clampedSteps).toBeLessThanOrEqual(4);
    expect(whole.rows[2].logs.clampedSteps).toBe(4);
    await Promise.all([early.trainer.dispose(), whole.trainer.dispose()]);
  });
});

describe('any graph', () => {
  it('images, feedback, several layers: one step of the trainer subtracts the pseudo-gradients', async () => {
    const layers = layerMap(
      {
        1: { 0: convolution({ in: 1, out: 4, kernel: 3, stride: 2, threshold: 0.5 }), 1: recurrentConvolution({ channels: 4, size: [4, 4], kernel: 3, groups: 2 }), 2: globalUnpooling({ size: [4, 4], strength: 0.5 }) },
        2: { 1: globalMajorityPooling(), 2: recurrentTanh({ units: 4 }), 3: frozenRescaledFullyConnected({ in: 3, out: 4 }) },
        3: { 2: crossEntropyFullyConnected({ in: 4, out: 3, learningRate: 0.5 }), 3: outputLayer({ units: 3 }) },
      },
      { input: [1, 8, 8] },
    );
    const model = localNetwork({ layers, dtype: 'float64', protocol: twoPhase({ warmUp: 1, clamped: 4, free: 4 }) });
    const data = { x: sgn(draw(1, 6, 1, 8, 8)) as NDArray, y: asarray([0, 1, 2, 0, 1, 2], { dtype: 'int32' }) };
    const trainer = new Trainer({ model, optimizer: sgd({ learningRate: 1 }), gradient: localRule(), engine: ortEngine({ threads: 1 }) });
    const before = trainer.params;
    const { gradients } = model.pseudoGradients(before, data, context);
    await trainer.fit(inMemory(data, { batchSize: 6, shuffle: false }), { run: false, handleSignals: false });
    expect(Object.keys(before)).toEqual(['1.0.weight', '1.1.weight', '2.2.weight', '3.2.weight']);
    for (const [name, array] of Object.entries(before)) {
      const [from, by, to] = [array, gradients[name], trainer.params[name]].map(numbers);
      to.forEach((v, i) => expect(v).toBeCloseTo(from[i] - by[i], 12));
      expect(by.some((v) => v !== 0), name).toBe(true);
    }
    await trainer.dispose();
  });

  it('asynchronous updates draw the same units on every engine', async () => {
    const options = { orchestrator: asynchronous({ probability: 0.4 }) };
    const [js, ort] = await Promise.all([jsEngine, ortEngine({ threads: 1 })].map((engine) => fitted(options, adam({ learningRate: 0.01 }), engine)));
    for (const [name, array] of Object.entries(js.trainer.params)) {
      numbers(ort.trainer.params[name]).forEach((v, i) => expect(v).toBeCloseTo(numbers(array)[i], 9));
    }
    const reported = ({ rows }: typeof js) => [rows[2].logs.val_accuracy, rows[2].logs.val_flips, rows[2].logs.freeSteps];
    expect(reported(ort)).toEqual(reported(js));
    await Promise.all([js.trainer.dispose(), ort.trainer.dispose()]);
  });
});

describe('inference', () => {
  it('gives a sample the same bits, whatever is settled beside it (property)', () => {
    const model = network();
    const params = model.init(randomKey(1));
    const scoresOf = (indices: readonly number[]): number[] => numbers(model.infer(params, take(train.x, asarray([...indices], { dtype: 'int32' })), randomKey(0)));
    const alone = Array.from({ length: 64 }, (_, i) => scoresOf([i]));
    fc.assert(
      fc.property(fc.array(fc.nat(63), { minLength: 1, maxLength: 12 }), (indices) => {
        expect(scoresOf(indices)).toEqual(indices.flatMap((i) => alone[i]));
      }),
      { numRuns: 50 },
    );
  });
});

describe('estimator', () => {
  it('localRule asks for one lesson', () => {
    const model = network();
    const params = model.init(randomKey(1));
    const { gradients } = localRule().estimate(model, params, train as never, { ...context, hyperparameters: {} });
    expect(Object.entries(gradients).map(([name, g]) => [name, g.shape])).toEqual(Object.entries(params).map(([name, p]) => [name, p.shape]));
  });
});

describe('labels', () => {
  const classes = asarray([1, 0], { dtype: 'int32' });
  it.each([
    ['signs', [[-1, 1, -1, -1], [1, -1, -1, -1]]],
    ['bits', [[0, 1, 0, 0], [1, 0, 0, 0]]],
    ['rescaled', [[-0.5, 0.5, -0.5, -0.5], [0.5, -0.5, -0.5, -0.5]]],
  ] as const)('%s', (mode, expected) => {
    expect((encodeLabels(classes, { mode, classes: [4] }) as NDArray).toArray()).toEqual(expected);
  });
  it('of 10 classes are rescaled to 1.081 and -0.5', () => {
    const [[, one, other]] = (encodeLabels(classes, { mode: 'rescaled', classes: [10], dtype: 'float64' }) as NDArray).toArray() as number[][];
    expect([one, other].map((v) => Number(v.toFixed(3)))).toEqual([1.081, -0.5]);
  });
  it('as signs are the same lesson as classes', () => {
    const model = network();
    const params = model.init(randomKey(1));
    const lesson = (y: Tensor): number[] => numbers(model.pseudoGradients(params, { x: train.x, y }, context).gradients['1.0.weight']);
    expect(lesson(encodeLabels(train.y, { classes: [4], dtype: 'float64' }))).toEqual(lesson(train.y));
    expect(lesson(cast(train.y, 'int64'))).toEqual(lesson(train.y));
  });
});

describe('labels that are none, in data that nobody has looked at', () => {
  const plain = (y: NDArray) => inMemory({ x: train.x, y }, { batchSize: 16, shuffle: false });
  const trainerOf = (options: Partial<LocalNetworkOptions>, engine = jsEngine) =>
    new Trainer({ model: network(options), optimizer: adam(), gradient: localRule(), engine });
  const encoded = (mode: LabelMode) => encodeLabels(train.y, { mode, classes: [4], dtype: 'float64' }) as NDArray;
  const changed = (y: NDArray, place: number, value: number): NDArray =>
    asarray(numbers(y).map((v, i) => (i === place ? value : v)), { dtype: y.dtype, shape: y.shape });

  it.each([
    ['bits for signs', encoded('bits'), {}, 0],
    ['signs for bits', encoded('signs'), { labels: 'bits' }, 0],
    ['one float beside', changed(encoded('rescaled'), 4 * 20, 0.4), { labels: 'rescaled' }, 1],
    ['no number, where any would do', changed(encoded('signs'), 4 * 63, NaN), { labels: 'any' }, 3],
    ['a class too many', changed(train.y, 40, 4), {}, 2],
    ['a class below 0', changed(train.y, 40, -1), { labels: 'bits' }, 2],
  ] as const)('stop training before the step that would learn them: %s', async (_, y, options, step) => {
    const trainer = trainerOf(options);
    const failed = expect.objectContaining({ code: 'INVALID_LABELS', message: expect.stringMatching(`in row \\d+ of batch ${step}\\.`) });
    await expect(trainer.evaluate(plain(y))).rejects.toThrow(failed);
    await expect(trainer.fit(plain(y), { run: false, handleSignals: false })).rejects.toThrow(failed);
    expect(trainer.state.step).toBe(step);
  });

  it.each(['signs', 'bits', 'rescaled', 'any'] as const)('those of mode %s are learned, in either float type', async (labels) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const trainer = trainerOf({ labels, dtype });
      const data = { x: cast(train.x, dtype) as NDArray, y: encodeLabels(train.y, { mode: labels, classes: [4], dtype }) as NDArray };
      const { history } = await trainer.fit(inMemory(data, { batchSize: 16 }), { run: false, handleSignals: false });
      expect(Number.isFinite(history.last.taughtAccuracy)).toBe(true);
    }
  });
});

describe('metrics', () => {
  it('are what they say, worked out from the states', () => {
    const model = network();
    const params = model.init(randomKey(1));
    const dynamics = model.dynamics(params);
    const y = encodeLabels(train.y, { classes: [4], dtype: 'float64' });
    const run = (state: ReturnType<typeof dynamics.step>, filter: 'all' | 'inference', n: number) => Array.from({ length: n }).reduce((s: typeof state) => dynamics.step(s, { filter }), state);
    const clamped = run(dynamics.initialState(train.x, y), 'all', 4);
    const free = run(clamped, 'inference', 4);
    const asked = run(dynamics.initialState(train.x), 'inference', 6);
    const share = (a: number[], b: number[]): number => a.filter((v, i) => v === b[i]).length / a.length;
    const [c, f, q] = [clamped, free, asked].map((s) => numbers(s[1]));
    const classOf = (t: Tensor): number[] => numbers(argmax(t));
    const fields = dynamics.fields(free);
    const unhappy = (h: number[], s: number[], margin: number): number => h.filter((v, i) => v * s[i] <= margin).length / h.length;

    const { metrics } = model.pseudoGradients(params, { ...train }, { ...context, training: false });
    const values = Object.fromEntries(Object.entries(metrics!).map(([name, value]) => [name, (value as NDArray).item()]));
    const expected = {
      accuracy: share(classOf(dynamics.readout(asked)), numbers(train.y)),
      taughtAccuracy: share(classOf(dynamics.readout(free)), numbers(train.y)),
      unsatisfied: (unhappy(numbers(fields[1]), f, 1) + unhappy(numbers(fields[1]), f, 0.5) + unhappy(numbers(fields[2]), numbers(y), 1)) / 3,
      overlap: 2 * share(c, f) - 1,
      flips: 1 - share(f, q),
      saturation: numbers(fields[1]).reduce((sum, h) => sum + Math.abs(Math.tanh(h)), 0) / f.length,
    };
    for (const [name, value] of Object.entries(expected)) expect(values[name], name).toBeCloseTo(value, 12);
    expect(values.flips).toBeGreaterThan(0);
    expect([values.clampedSteps, values.freeSteps, values.inferenceSteps].every((n) => Number.isInteger(n) && n >= 1 && n <= 6)).toBe(true);
  });

  it('training steps report those that cost nothing; validation all', async () => {
    const { trainer, rows } = await fitted({});
    expect(Object.keys(rows[0].logs)).toEqual([
      'taughtAccuracy', 'unsatisfied', 'overlap', 'clampedSteps', 'freeSteps',
      'val_accuracy', 'val_taughtAccuracy', 'val_unsatisfied', 'val_overlap', 'val_flips', 'val_saturation', 'val_clampedSteps', 'val_freeSteps', 'val_inferenceSteps',
    ]);
    const all = await fitted({ metrics: defaultMetrics.map((metric) => ({ ...metric, training: true })) });
    expect(Object.keys(all.rows[0].logs).slice(0, 9)).toEqual(defaultMetrics.map(({ name }) => name));
    await all.trainer.dispose();
    const scores = (await trainer.predict({ x: validation.x })) as NDArray;
    const right = numbers(argmax(scores)).filter((v, i) => v === numbers(validation.y)[i]).length / 64;
    expect((await trainer.evaluate(inMemory({ ...validation }, { batchSize: 64, shuffle: false }))).accuracy).toBe(right);
    await trainer.dispose();
  });
});

describe('mistakes', () => {
  const model = network({ gate: 'w' });
  const params = model.init(randomKey(1));
  it.each([
    [() => localNetwork({} as never), 'INVALID_ARGUMENT', /localNetwork needs the option 'layers'/],
    [() => network({ layers: connections as never }), 'INVALID_ARGUMENT', /'layers'.*layerMap\(/],
    [() => network({ labels: 'plusminus' as never }), 'INVALID_ARGUMENT', /'labels'.*'plusminus'.*'signs', 'bits', 'rescaled'/],
    [() => network({ protocol: { name: 'none' } as never }), 'INVALID_ARGUMENT', /'protocol'.*twoPhase\(\)/],
    [() => model.pseudoGradients(params, { ...train }, context), 'UNKNOWN_NAME', /'localNetwork' finds no field 'w'.*x, y.*'w' for how much/],
    [() => network().pseudoGradients(params, { x: draw(0, 3, 19), y: train.y }, context), 'SHAPE_MISMATCH', /The input.*float64\[3, 19\].*float64\[3, 20\]/],
    [() => network().pseudoGradients(params, { x: draw(0, 3, 20), y: sgn(draw(0, 3, 5)) }, context), 'SHAPE_MISMATCH', /target of layer 2.*\[3, 5\].*\[3, 4\]/],
    [() => network().pseudoGradients(params, { x: draw(0, 3, 20), y: asarray([[1], [0], [1]], { dtype: 'int32' }) }, context), 'SHAPE_MISMATCH', /Labels do not fit.*int32\[3, 1\].*int32\[batch\]/],
    [() => trace((y: Tensor) => encodeLabels(y, { classes: [4] }), { dtype: 'float32', shape: [3] }), 'DTYPE_MISMATCH', /Labels do not fit.*float32\[3\].*int32\[batch\], or float32\[batch, 4\].*whole numbers: asarray/],
    [() => network().pseudoGradients(params, { x: draw(0, 3, 20), y: ones([3], 'bool') }, context), 'DTYPE_MISMATCH', /Labels do not fit.*bool\[3\]/],
    [() => prototypeData({ samples: 5 }), 'INVALID_ARGUMENT', /one sample of each class.*5 to train.*10 or more/],
    [() => prototypeData({ flip: 0.5 }), 'INVALID_ARGUMENT', /'flip'.*from 0 to below 0.5/],
  ] as const)('%s', (act, code, message) => {
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

describe('prototypeData', () => {
  const { train: some, validation: others, prototypes } = prototypeData({ samples: 1000, validation: 500, flip: 0.3, seed: 3 });
  it('has as many samples of every class, with that share of bits turned', () => {
    for (const { x, y } of [some, others]) {
      const labels = numbers(y);
      const counts = Array.from({ length: 10 }, (_, k) => labels.filter((label) => label === k).length);
      expect(counts).toEqual(new Array(10).fill(labels.length / 10));
      const patterns = numbers(prototypes);
      const turned = numbers(x).filter((bit, i) => bit !== patterns[labels[Math.floor(i / 100)] * 100 + (i % 100)]).length / (labels.length * 100);
      // Three standard deviations of a share of 50,000 bits.
      expect(Math.abs(turned - 0.3)).toBeLessThan(3 * Math.sqrt(0.21 / 50_000));
      expect(labels.slice(0, 100)).not.toEqual(labels.slice(0, 100).toSorted());
    }
    expect(numbers(sgn(some.x))).toEqual(numbers(some.x));
  });
  it('is the same for a seed, and validates with other noise', () => {
    expect(numbers(prototypeData({ validation: 500, seed: 3 }).train.x)).toEqual(numbers(some.x));
    expect(numbers(prototypeData({ seed: 4 }).train.x)).not.toEqual(numbers(some.x));
    expect(numbers(others.x).slice(0, 1000)).not.toEqual(numbers(some.x).slice(0, 1000));
  });
});
