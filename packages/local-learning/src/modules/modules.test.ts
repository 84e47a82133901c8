/** Modules against the published library's numbers, and by hand. Images here have channels first; the files have them last. */
import { asarray, jsEngine, matmul, normal, randomKey, trace, transpose, zeros, type NDArray, type Nested, type Tensor } from '@gradus/graph';
import { ortEngine } from '@gradus/engine-ort';
import { describe, expect, it } from 'vitest';
import { numbers, read } from '../../test/golden.js';
import {
  constantUnpooling, convolution, ferromagnetic, frozenFullyConnected, frozenRescaledFullyConnected, fullyConnected, globalMajorityPooling,
  globalUnpooling, majorityPooling, outputLayer, perceptronRule, recurrentConvolution, recurrentDiscrete, recurrentTanh, recurrentTanhTruncated,
  sparseFullyConnected, sparseRecurrentDiscrete, tanhRule, transposedConvolution, truncatedTanhRule, type Adapter, type Experience, type Module,
} from '../index.js';

const units = read<Record<string, Record<string, Nested>>>('units');
const setting = { dtype: 'float64', semantics: 'current' } as const;
const f64 = (values: Nested): NDArray => asarray(values, { dtype: 'float64' });
const shaped = (values: readonly number[], shape: readonly number[]): NDArray => asarray(Float64Array.from(values), { shape });
/** NHWC to NCHW. */
const image = (values: Nested): NDArray => transpose(f64(values), [0, 3, 1, 2]) as NDArray;
/** HWIO to OIHW. */
const kernel = (values: Nested): NDArray => transpose(f64(values), [3, 2, 0, 1]) as NDArray;
const near = (actual: Tensor, expected: Tensor | readonly number[], tolerance = 1e-12): void => {
  const [a, b] = [numbers(actual), Array.isArray(expected) ? expected : numbers(expected as NDArray)];
  expect(a).toHaveLength(b.length);
  expect(Math.max(...a.map((v, i) => Math.abs(v - b[i])))).toBeLessThanOrEqual(tolerance);
};
/** Six digits of float32. */
const PUBLISHED = 2e-6;
const say = (module: Module, x: Tensor, weight?: Tensor): Tensor => module.message!(weight === undefined ? {} : { weight }, x, setting);
const values = (module: Module, seed = 0) => {
  const frozen = module.frozen?.(randomKey(seed), setting) ?? {};
  return { ...module.init?.(randomKey(seed + 1), setting, frozen), ...frozen };
};
const draw = (seed: number, ...shape: number[]): NDArray => normal(randomKey(seed), shape, { dtype: 'float64' }) as NDArray;
const deviation = (x: NDArray): number => Math.sqrt(numbers(x).reduce((sum, v) => sum + v * v, 0) / numbers(x).length);

describe('dense', () => {
  it('frozen and rescaled: 1 becomes √(C - 1) / 2 and -1 becomes -1 / √(C - 1)', () => {
    const { W, y, out } = units.frozen_rescaled;
    const edge = frozenRescaledFullyConnected({ in: 10, out: 3, weight: transpose(f64(W)) as NDArray });
    near(edge.message!(edge.frozen!(randomKey(0), setting), f64(y), setting), f64(out), PUBLISHED);
    const plain = frozenRescaledFullyConnected({ in: 10, out: 1, weight: f64([[1, 0, 0, 0, 0, 0, 0, 0, 0, 0]]) });
    near(plain.message!(plain.frozen!(randomKey(0), setting), f64([[1, ...new Array(9).fill(0)], [-1, ...new Array(9).fill(0)]]), setting), [1.5, -1 / 3]);
    expect([edge.init, edge.update, edge.linear]).toEqual([undefined, undefined, false]);
  });

  it('draw weights of deviation strength / √senders; the seed has the strength in the message', () => {
    const edge = fullyConnected({ in: 100, out: 200, strength: 3 });
    const [current, seed] = (['current', 'seed'] as const).map((semantics) => edge.init!(randomKey(0), { ...setting, semantics }, {}).weight);
    expect(deviation(current)).toBeCloseTo(0.3, 2);
    near(current, numbers(seed).map((v) => 3 * v));
    const x = draw(1, 4, 100);
    near(edge.message!({ weight: seed }, x, { ...setting, semantics: 'seed' }), edge.message!({ weight: current }, x, setting));
    expect(frozenFullyConnected({ in: 100, out: 200, strength: 3 }).frozen!(randomKey(0), setting).weight.data).toEqual(current.data);
  });
});

describe('recurrent', () => {
  it('the diagonal is the self-coupling, whatever stands there, and does not learn', () => {
    const layer = recurrentDiscrete({ units: 3, selfCoupling: [0.5, 1, 2], strength: 4 });
    const { weight } = values(layer);
    expect([0, 4, 8].map((i) => Math.abs(Number(weight.data[i])))).toEqual([0, 0, 0]);
    const moved = asarray(Float64Array.from(numbers(weight), (v, i) => (i % 4 === 0 ? 100 : v)), { shape: [3, 3] });
    const unit = f64([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
    const rows = numbers(say(layer, unit, moved));
    expect([0, 4, 8].map((i) => rows[i])).toEqual([0.5, 1, 2]);
    near(say(layer, unit, moved), say(layer, unit, weight));
    const x = f64([[1, 1, 1], [-1, 1, 1]]);
    const { weight: update } = layer.update!({ weight }, { x, y: x, field: zeros([2, 3], 'float64') }, setting);
    // No margin is above 0: every unit learns; x1 x2 = x1 x3 cancel over the two samples.
    const step = -2 / Math.sqrt(2 * 3);
    near(update, [0, 0, 0, 0, 0, step, 0, step, 0]);
  });

  it.each([
    ['tanh', recurrentTanh({ units: 4, tolerance: 0.1 }), tanhRule({ tolerance: 0.1 })],
    ['truncated tanh', recurrentTanhTruncated({ units: 4, threshold: 0.2, tolerance: 0.7 }), truncatedTanhRule({ threshold: 0.2, tolerance: 0.7 })],
  ] as const)('%s', (_, layer, rule) => {
    near(layer.activation(f64([-1, 0, 2])), [-1, 0, 2].map(Math.tanh));
    const experience: Experience = { x: draw(1, 5, 4), y: draw(2, 5, 4), field: draw(3, 5, 4) };
    const dense = fullyConnected({ in: 4, out: 4, rule }).update!({}, experience, setting).weight;
    near(layer.update!(values(layer), experience, setting).weight, numbers(dense).map((v, i) => (i % 5 === 0 ? 0 : v)));
  });

  it('binary units are never 0', () => {
    expect(numbers(recurrentDiscrete({ units: 4 }).activation(f64([-0.1, -0, 0, 3])))).toEqual([-1, 1, 1, 1]);
  });
});

/** Sparse weights as the matrix that they stand for. */
function matrix({ weight, senders, present }: Record<string, NDArray>, size: number): NDArray {
  const [out, places] = weight.shape;
  const data = new Float64Array(out * size);
  for (let i = 0; i < out; i++) for (let k = 0; k < places; k++) data[i * size + Number(senders.data[i * places + k])] += Number(weight.data[i * places + k]) * Number(present.data[i * places + k]);
  return shaped([...data], [out, size]);
}

describe('sparse', () => {
  const edge = sparseFullyConnected({ in: 60, out: 80, sparsity: 0.8, strength: 2, threshold: 0.4, learningRate: 3 });
  const own = values(edge) as Record<string, NDArray>;
  const dense = matrix(own, 60);

  it('has the share of connections that was asked for, and weights of deviation strength / √(senders · density)', () => {
    const weights = numbers(own.weight).filter((_, i) => numbers(own.present)[i] === 1);
    expect(weights.length / (60 * 80)).toBeCloseTo(0.2, 1);
    expect(deviation(f64(weights))).toBeCloseTo(2 / Math.sqrt(60 * 0.2), 1);
    expect(weights.every((w) => w !== 0)).toBe(true);
    expect(numbers(dense).filter((w) => w !== 0)).toHaveLength(weights.length);
  });

  it('is the dense edge with a mask: messages, updates, and what stands at places left over has no effect', () => {
    const x = draw(5, 7, 60);
    const full = fullyConnected({ in: 60, out: 80, rule: perceptronRule({ threshold: 0.4 }) });
    near(edge.message!(own, x, setting), full.message!({ weight: dense }, x, setting));
    const moved = { ...own, weight: shaped(numbers(own.weight).map((v, i) => (numbers(own.present)[i] === 1 ? v : 9)), own.weight.shape) };
    near(edge.message!(moved, x, setting), full.message!({ weight: dense }, x, setting));

    const experience: Experience = { x, y: draw(6, 7, 80), field: draw(7, 7, 80), gate: draw(8, 7) };
    const update = edge.update!(own, experience, setting).weight as NDArray;
    const masked = numbers(full.update!({}, experience, setting).weight).map((v, i) => (numbers(dense)[i] === 0 ? 0 : v));
    near(matrix({ ...own, weight: update }, 60), masked);
    expect(numbers(update).filter((_, i) => numbers(own.present)[i] === 0).every((v) => v === 0)).toBe(true);
    // Neutral at sparsity 0.9: 3 √(0.1 / 0.2).
    near(edge.withRates!({ weight: update }, own).weight, numbers(update).map((v) => v * 3 * Math.sqrt(0.5)));
  });

  it('is the same where weights are laid out instead of states', () => {
    const wide = sparseFullyConnected({ in: 300, out: 3000, sparsity: 0.5 });
    const weights = values(wide) as Record<string, NDArray>;
    const x = draw(1, 40, 300);
    expect(weights.senders.shape[1] * 3000 * 40).toBeGreaterThan(2 ** 24);
    near(wide.message!(weights, x, setting), matmul(x, transpose(matrix(weights, 300))), 1e-9);
  });

  it('recurrent: no loops but the self-coupling', () => {
    const layer = sparseRecurrentDiscrete({ units: 50, sparsity: 0.9, selfCoupling: 0.7, learningRate: 2 });
    const weights = values(layer) as Record<string, NDArray>;
    const full = matrix(weights, 50);
    for (let i = 0; i < 50; i++) expect(Number(full.data[51 * i])).toBe(0);
    const x = draw(3, 4, 50);
    const expected = numbers(matmul(x, transpose(full))).map((v, i) => v + 0.7 * numbers(x)[i]);
    near(layer.message!(weights, x, setting), expected);
    near(layer.withRates!({ weight: f64([1]) }, {}).weight, [2 * Math.sqrt(0.01 / 0.1)]);
  });

  it('keeps a place where nobody is connected', () => {
    const alone = sparseFullyConnected({ in: 2, out: 3, sparsity: 0.9999 });
    expect(numbers(alone.message!(values(alone), f64([[1, 1]]), setting))).toEqual([0, 0, 0]);
  });
});

describe('one to one', () => {
  it('couples units of one number', () => {
    near(say(ferromagnetic({ units: 3, strength: [1, -2, 0.5] }), f64([[1, 1, -1]])), [1, -2, -0.5]);
    expect(() => ferromagnetic({ units: 3, strength: [1, 2] })).toThrow(/'strength' of ferromagnetic.*2 numbers.*one number, or 3/);
  });
  it('an output layer says nothing and has no parameters', () => {
    const layer = outputLayer({ units: 3 });
    expect([layer.message, layer.init, layer.update]).toEqual([undefined, undefined, undefined]);
    const field = f64([[1, -2, 0]]);
    expect(layer.activation(field)).toBe(field);
  });
});

describe('convolutions', () => {
  const { x, kernel_HWIO, out, y, threshold, update_positive_sign: positive } = units.conv2d;

  it('are the published ones, with updates of the other sign', () => {
    const edge = convolution({ in: 2, out: 2, kernel: 3, threshold: threshold as number });
    near(say(edge, image(x), kernel(kernel_HWIO)), image(out), PUBLISHED);
    const { weight } = edge.update!({ weight: kernel(kernel_HWIO) }, { x: image(x), y: image(y), field: image(out) }, setting);
    near(weight, numbers(kernel(positive)).map((v) => -v), PUBLISHED);
  });

  it('are improved by a step against the update', () => {
    const edge = convolution({ in: 2, out: 2, kernel: 3, threshold: 5 });
    const weight = kernel(kernel_HWIO);
    const margin = (w: Tensor): number => numbers(say(edge, image(x), w)).reduce((sum, h, i) => sum + h * numbers(image(y))[i], 0);
    const update = edge.update!({ weight }, { x: image(x), y: image(y), field: say(edge, image(x), weight) }, setting).weight;
    expect(margin(shaped(numbers(weight).map((w, i) => w - 0.1 * numbers(update)[i]), [2, 2, 3, 3]))).toBeGreaterThan(margin(weight));
  });

  it('stride, and other surroundings', () => {
    const edge = convolution({ in: 2, out: 2, kernel: 3, stride: 2, padding: 'reflect' });
    near(say(edge, image(x), kernel(kernel_HWIO)), image(units.conv2d_stride2_reflect.out), PUBLISHED);
    expect(edge.gives([2, 4, 4])).toEqual([2, 2, 2]);
  });

  it.each([[1, 1], [2, 1], [3, 1], [4, 1], [2, 2], [3, 2], [4, 2], [5, 3]])('kernel %i with stride %i: as many places as it says', (size, stride) => {
    for (const padding of ['constant', 'edge', null] as const) {
      const edge = convolution({ in: 1, out: 2, kernel: size, stride, padding });
      const message = say(edge, draw(1, 2, 1, 7, 6), draw(2, 2, 1, size, size));
      expect(message.shape.slice(1)).toEqual(edge.gives([1, 7, 6]));
      if (padding !== null) expect(message.shape.slice(2)).toEqual([Math.ceil(7 / stride), Math.ceil(6 / stride)]);
    }
  });

  it('recurrent: the published one, with its centre', () => {
    const golden = units.conv_recurrent;
    const layer = recurrentConvolution({ channels: 2, size: [4, 4], kernel: 3, selfCoupling: 0.9, threshold: threshold as number });
    near(say(layer, image(x), kernel(golden.kernel)), image(golden.out), PUBLISHED);
    const experience = { x: image(x), y: image(y), field: image(golden.out) };
    const masked = numbers(kernel(golden.update_positive_sign)).map((v, i) => -v * numbers(kernel(golden.mask))[i]);
    near(layer.update!({ weight: kernel(golden.kernel) }, experience, setting).weight, masked, PUBLISHED);
    expect(numbers(layer.activation(f64([[[[0]]]])))).toEqual([1]);
  });

  it('recurrent in groups: channels of other groups are not heard', () => {
    const layer = recurrentConvolution({ channels: 4, size: [3, 3], kernel: 3, groups: 2, selfCoupling: [1, 2, 3, 4] });
    const weights = values(layer) as Record<string, NDArray>;
    expect(weights.weight.shape).toEqual([4, 2, 3, 3]);
    // A single unit of channel 2, in the middle: it reaches channels 2 and 3, itself by its self-coupling.
    const one = shaped(Array.from({ length: 36 }, (_, i) => (i === 2 * 9 + 4 ? 1 : 0)), [1, 4, 3, 3]);
    const heard = numbers(layer.message!(weights, one, setting));
    expect(heard.slice(0, 18).every((v) => v === 0)).toBe(true);
    expect(heard[2 * 9 + 4]).toBe(3);
    expect(heard.slice(27).some((v) => v !== 0)).toBe(true);
    expect(() => recurrentConvolution({ channels: 4, size: [3, 3], kernel: 3, groups: 3 })).toThrow(/'groups'.*3 groups of 4 channels/);
    expect(() => recurrentConvolution({ channels: 4, size: [3, 3], kernel: 2 })).toThrow(/'kernel'.*an odd whole number/);
  });

  it.each([[3, 1], [2, 2], [3, 2], [5, 3]])('transposed, kernel %i, stride %i: the adjoint of the convolution, stride times as large', (size, stride) => {
    const forth = convolution({ in: 2, out: 3, kernel: size, stride });
    const back = transposedConvolution({ in: 3, out: 2, kernel: size, stride });
    const weight = draw(1, 3, 2, size, size);
    const [large, small] = [draw(2, 1, 2, 4 * stride, 5 * stride), draw(3, 1, 3, 4, 5)];
    expect(forth.gives([2, 4 * stride, 5 * stride])).toEqual([3, 4, 5]);
    expect(back.gives([3, 4, 5])).toEqual([2, 4 * stride, 5 * stride]);
    const message = say(back, small, weight);
    expect(message.shape).toEqual([1, 2, 4 * stride, 5 * stride]);
    if (stride === 1) {
      const dot = (a: Tensor, b: Tensor): number => numbers(a).reduce((sum, v, i) => sum + v * numbers(b)[i], 0);
      expect(dot(message, large)).toBeCloseTo(dot(say(forth, large, weight), small), 10);
    }
    // A step against the update raises margins.
    const y = draw(4, ...message.shape);
    const update = back.update!({ weight }, { x: small, y, field: message }, setting).weight;
    const margin = (w: Tensor): number => numbers(say(back, small, w)).reduce((sum, h, i) => sum + h * numbers(y)[i], 0);
    expect(margin(shaped(numbers(weight).map((w, i) => w - 0.01 * numbers(update)[i]), weight.shape))).toBeGreaterThan(margin(weight));
    expect(() => transposedConvolution({ in: 3, out: 2, kernel: 1, stride: 2 })).toThrow(/reached by nobody.*kernel 1 and stride 2/);
  });
});

describe('pooling', () => {
  it('majority, the published one but for ties, which are 1 as for units', () => {
    const { x, strength, out } = units.majority_pool_2x2;
    const edge = majorityPooling({ kernel: 2, strength: strength as number });
    const windows = numbers(image(x));
    const at = (c: number, i: number, j: number): number => [0, 1].flatMap((a) => [0, 1].map((b) => windows[c * 16 + (2 * i + a) * 4 + 2 * j + b])).reduce((s, v) => s + v);
    const sums = [0, 1].flatMap((c) => [0, 1].flatMap((i) => [0, 1].map((j) => at(c, i, j))));
    expect(sums).toContain(0);
    expect(numbers(say(edge, image(x)))).toEqual(numbers(image(out)).map((v, i) => (sums[i] === 0 ? 3 : v)));
    expect(edge.gives([2, 4, 5])).toEqual([2, 2, 2]);
    const same = majorityPooling({ kernel: 3, stride: 2, padding: 'same' });
    expect(say(same, image(x)).shape).toEqual([1, ...same.gives([2, 4, 4])!]);
  });

  it('constant unpooling, the published one, cut at its sides', () => {
    const { x, out } = units.constant_unpool;
    near(say(constantUnpooling({ kernel: 2, strength: 1.5 }), image(x)), image(out));
    const cut = constantUnpooling({ kernel: 3, crop: 1 });
    near(say(cut, f64([[[[1, 2]]]])), [1, 1, 2, 2]);
    expect(cut.gives([4, 1, 2])).toEqual([4, 1, 4]);
  });

  it('global majority, the published one, and its way back', () => {
    near(say(globalMajorityPooling({ strength: 2 }), image(units.conv2d.x)), f64(units.global_majority.out));
    near(say(globalUnpooling({ size: [1, 2], strength: 3 }), f64([[1, -1]])), [3, 3, -3, -3]);
    expect(globalUnpooling({ size: [1, 2] }).gives([5])).toEqual([5, 1, 2]);
    expect(globalMajorityPooling().gives([5, 2, 2])).toEqual([5]);
  });
});

describe('every module', () => {
  const modules: [Module, number[]][] = [
    [fullyConnected({ in: 4, out: 3 }), [4]],
    [sparseFullyConnected({ in: 4, out: 3, sparsity: 0.3 }), [4]],
    [frozenRescaledFullyConnected({ in: 4, out: 3 }), [4]],
    [recurrentDiscrete({ units: 4 }), [4]],
    [recurrentTanh({ units: 4 }), [4]],
    [sparseRecurrentDiscrete({ units: 4, sparsity: 0.3 }), [4]],
    [ferromagnetic({ units: 4 }), [4]],
    [convolution({ in: 2, out: 3, kernel: 3, stride: 2, padding: 'wrap', threshold: [1, 2, 3] }), [2, 5, 4]],
    [recurrentConvolution({ channels: 2, size: [5, 4], kernel: 3 }), [2, 5, 4]],
    [transposedConvolution({ in: 2, out: 3, kernel: 3, stride: 2 }), [2, 3, 2]],
    [majorityPooling({ kernel: 2 }), [2, 4, 4]],
    [constantUnpooling({ kernel: 2 }), [2, 2, 2]],
    [globalMajorityPooling(), [2, 3, 3]],
    [globalUnpooling({ size: [2, 3] }), [2]],
  ];
  it.each(modules)('$name says and learns the same in the interpreter and in ONNX Runtime', async (module, shape) => {
    const own = values(module);
    const x = draw(1, 3, ...shape);
    const target = draw(2, 3, ...module.gives(shape)!);
    const fn = (weights: Record<string, Tensor>, sender: Tensor, y: Tensor): Tensor[] => {
      const field = module.message!(weights, sender, setting);
      expect(field.shape).toEqual([3, ...module.gives(shape)!]);
      return [field, ...(module.update === undefined ? [] : Object.values(module.update(weights, { x: sender, y, field }, setting)))];
    };
    const { graph } = trace(fn as never, own as never, x as never, target as never);
    const inputs = [...Object.values(own), x, target];
    const [js, ort] = await Promise.all(
      [jsEngine, ortEngine({ threads: 1 })].map(async (engine) => {
        const executable = await engine.compile(graph);
        const outputs = await executable.run(inputs);
        await executable.dispose();
        return outputs;
      }),
    );
    js.forEach((array, i) => near(array, ort[i]));
    if (module.linear === true) expect(numbers(module.message!(own, zeros([3, ...shape], 'float64'), setting)).every((v) => v === 0)).toBe(true);
  });
});

describe('options', () => {
  it.each([
    [() => fullyConnected({ in: 4 } as never), 'INVALID_ARGUMENT', /fullyConnected needs the option 'out'/],
    [() => fullyConnected({ in: 4, out: 0 }), 'INVALID_ARGUMENT', /'out' of fullyConnected.*0/],
    [() => fullyConnected({ in: 4, out: 2, weight: zeros([4, 2]) }), 'SHAPE_MISMATCH', /'weight' of fullyConnected.*float32\[4, 2\].*\[2, 4\].*Transpose/],
    [() => frozenFullyConnected({ in: 4, out: 2, threshold: 1 } as never), 'INVALID_ARGUMENT', /frozenFullyConnected has no option 'threshold'/],
    [() => frozenRescaledFullyConnected({ in: 1, out: 2 }), 'INVALID_ARGUMENT', /no number of classes.*1/],
    [() => sparseFullyConnected({ in: 4, out: 2, sparsity: 1 }), 'INVALID_ARGUMENT', /'sparsity'.*from 0 to below 1/],
    [() => sparseFullyConnected({ in: 4, out: 2, weight: zeros([2, 4]) } as never), 'INVALID_ARGUMENT', /has no option 'weight'/],
    [() => recurrentDiscrete({ units: 3, selfCoupling: [1, 2] }), 'SHAPE_MISMATCH', /'selfCoupling' of recurrentDiscrete.*2 numbers.*one number, or 3/],
    [() => convolution({ in: 1, out: 1, kernel: 3, padding: 'zeros' as never }), 'INVALID_ARGUMENT', /'padding'.*'reflect'/],
  ] as [() => Adapter, string, RegExp][])('are checked: %s', (act, code, message) => {
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
