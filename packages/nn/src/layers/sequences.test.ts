/** Layers over time: what holds of them whatever their numbers are; for these see golden.test.ts. */
import type { Params } from '@gradus/core';
import { asarray, concat, flip, NDArray, normal, randomKey, slice, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import {
  bidirectional, embedding, gru, initializers, learnedPositions, lstm, meanOverTime, multiHeadAttention, sequenceMask, sequential, simpleRnn,
  sinusoidalPositions, transformerEncoder, type Layer, type LayerContext, type RecurrentLayer,
} from '../index.js';

const context = (training = true): LayerContext => ({ key: randomKey(1), training, emit: null, buffers: {} });
const draw = (seed: number, shape: number[]): NDArray => normal(randomKey(seed), shape, { dtype: 'float64' }) as NDArray;
const bools = (values: number[][]): NDArray => new NDArray('bool', [values.length, values[0].length], Uint8Array.from(values.flat()));
const time = (x: Tensor, start: number, stop?: number): Tensor => slice(x, { axis: 1, start, stop });
const values = (x: Tensor): number[] => Array.from((x as NDArray).data as Float64Array);

function expectClose(actual: Tensor, expected: Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  const wanted = values(expected);
  values(actual).forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 12));
}

const dtype = 'float64';
const x = draw(2, [3, 6, 2]);

describe.each<[string, (options?: object) => RecurrentLayer]>([
  ['lstm', (options) => lstm({ in: 2, out: 4, dtype, ...options })],
  ['gru', (options) => gru({ in: 2, out: 4, dtype, ...options })],
  ['simpleRnn', (options) => simpleRnn({ in: 2, out: 4, dtype, ...options })],
])('%s', (_, make) => {
  const layer = make();
  const params = layer.init(randomKey(3));
  const whole = layer.apply(params, x, context());

  it('goes on where the state of a first part ends', () => {
    const first = layer.applyWithState(params, time(x, 0, 4), context());
    const second = layer.applyWithState(params, time(x, 4), context(), first.state);
    expectClose(concat([first.output, second.output], { axis: 1 }), whole);
    expectClose(second.state.hidden, layer.applyWithState(params, x, context()).state.hidden);
  });

  it('gives the last step without returnSequences', () => {
    expectClose(make({ returnSequences: false }).apply(params, x, context()), last(whole));
  });

  it('reversed is the same on reversed time', () => {
    const back = make({ reverse: true }).apply(params, x, context());
    expectClose(back, flip(layer.apply(params, flip(x, { axes: 1 }), context()), { axes: 1 }));
  });

  it('keeps the state where the mask has nothing, and gives zeros there', () => {
    const mask = bools([[1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 1, 1], [0, 0, 0, 0, 0, 0]]);
    const { output, state } = layer.applyWithState(params, x, context(), { mask });
    const gap = slice(concat([time(x, 0, 2), time(x, 4)], { axis: 1 }), { start: 1, stop: 2 });
    expectClose(slice(state.hidden, { start: 1, stop: 2 }), layer.applyWithState(params, gap, context()).state.hidden);
    expectClose(slice(output, { start: 0, stop: 1 }), slice(whole, { start: 0, stop: 1 }));
    expect(values(slice(time(output, 2, 4), { start: 1 })).every((v) => v === 0)).toBe(true);
    expect(values(slice(state.hidden, { start: 2 })).every((v) => v === 0)).toBe(true);
  });

  it('has no biases without them', () => {
    const own = make({ bias: false });
    const { weight, recurrentWeight } = params;
    expect(Object.keys(own.init(randomKey(0)))).toEqual(['weight', 'recurrentWeight']);
    const noBias = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, name.toLowerCase().endsWith('bias') ? zerosLike(value) : value]));
    expectClose(own.apply({ weight, recurrentWeight }, x, context()), layer.apply(noBias, x, context()));
  });

  it('begins with orthogonal matrices for each gate', () => {
    const { recurrentWeight } = params;
    const gates = recurrentWeight.shape[1] / 4;
    const columns = Array.from({ length: 4 * gates }, (_, j) => Array.from({ length: 4 }, (_, i) => Number(recurrentWeight.data[i * 4 * gates + j])));
    columns.forEach((column, j) => {
      expect(column.reduce((total, v) => total + v * v, 0)).toBeCloseTo(1, 12);
      if (j % 4 > 0) expect(column.reduce((total, v, i) => total + v * columns[j - 1][i], 0)).toBeCloseTo(0, 12);
    });
  });
});

const zerosLike = (x: NDArray): NDArray => new NDArray(x.dtype, x.shape, x.data.map(() => 0 as never));
const last = (x: Tensor): Tensor => {
  const [batch, steps, features] = x.shape;
  return asarray(values(x).filter((_, i) => Math.floor(i / features) % steps === steps - 1), { shape: [batch, features], dtype });
};

it('lstm begins with open forget gates', () => {
  const bias = (options: object): unknown => lstm({ in: 1, out: 2, ...options }).init(randomKey(0)).bias.toArray();
  expect(bias({})).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  expect(bias({ forgetBias: 3, biasInitializer: initializers.constant(0.5) })).toEqual([0.5, 0.5, 3.5, 3.5, 0.5, 0.5, 0.5, 0.5]);
});

it.each(['sum', 'mean'] as const)('bidirectional merges by %s', (merge) => {
  const options = { in: 2, out: 4, dtype } as const;
  const layer = bidirectional(gru, options, { merge });
  const params = layer.init(randomKey(0));
  const own = (prefix: string): Params =>
    Object.fromEntries(Object.entries(params).filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]));
  const [a, b] = [gru(options).apply(own('forward.'), x, context()), gru({ ...options, reverse: true }).apply(own('backward.'), x, context())].map(values);
  const factor = merge === 'sum' ? 1 : 0.5;
  values(layer.apply(params, x, context())).forEach((value, i) => expect(value).toBeCloseTo(factor * (a[i] + b[i]), 12));
});

describe('multiHeadAttention', () => {
  const tokens = draw(4, [2, 5, 8]);
  const changed = concat([time(tokens, 0, 3), draw(5, [2, 2, 8])], { axis: 1 });
  const apply = (layer: Layer, input: Tensor, extras = {}): Tensor => layer.apply(layer.init(randomKey(6)), input, context(), extras);

  it('that is causal does not look ahead, and without sees everything', () => {
    const layer = multiHeadAttention({ features: 8, heads: 2, causal: true, dtype });
    expectClose(time(apply(layer, changed), 0, 3), time(apply(layer, tokens), 0, 3));
    const free = multiHeadAttention({ features: 8, heads: 2, dtype });
    expect(values(apply(free, changed))[0]).not.toBeCloseTo(values(apply(free, tokens))[0], 6);
  });

  it('does not see what a mask hides, and gives numbers where it hides all', () => {
    const layer = multiHeadAttention({ features: 8, heads: 2, dtype });
    const mask = bools([[1, 1, 1, 0, 0], [1, 1, 1, 0, 0]]);
    expectClose(time(apply(layer, changed, { mask }), 0, 3), time(apply(layer, tokens, { mask }), 0, 3));
    expect(values(apply(layer, tokens, { mask: bools([[0, 0, 0, 0, 0], [1, 1, 1, 1, 1]]) })).every(Number.isFinite)).toBe(true);
  });

  it('with rotary positions depends on distances only', () => {
    // Two equal sequences, one of them two steps later, behind steps that a mask hides.
    const layer = multiHeadAttention({ features: 8, heads: 2, rotary: true, dtype });
    const short = time(tokens, 0, 3);
    const later = concat([draw(9, [2, 2, 8]), short], { axis: 1 });
    const mask = bools([[0, 0, 1, 1, 1], [0, 0, 1, 1, 1]]);
    expectClose(time(apply(layer, later, { mask }), 2), apply(layer, short));
    const swapped = concat([time(tokens, 1, 3), time(tokens, 0, 1)], { axis: 1 });
    expect(values(time(apply(layer, swapped), 2))[0]).not.toBeCloseTo(values(time(apply(layer, short), 0, 1))[0], 6);
  });

  it('drops weights while training only', () => {
    const layer = multiHeadAttention({ features: 8, heads: 2, dropout: 0.5, dtype });
    const params = layer.init(randomKey(6));
    const plain = multiHeadAttention({ features: 8, heads: 2, dtype });
    expect(layer.random).toBe(true);
    expectClose(layer.apply(params, tokens, context(false)), plain.apply(params, tokens, context()));
    expect(values(layer.apply(params, tokens, context()))[0]).not.toBeCloseTo(values(plain.apply(params, tokens, context()))[0], 6);
  });
});

describe('a net over tokens', () => {
  const net = sequential([
    embedding({ vocabulary: 9, features: 8, dtype }),
    sinusoidalPositions(),
    transformerEncoder({ layers: 2, features: 8, heads: 2, hidden: 6, dtype, dropout: 0.1 }),
    lstm({ in: 8, out: 4, dtype }),
    meanOverTime,
  ]);
  const params = net.init(randomKey(0));
  const ids = (rows: number[][]): NDArray => asarray(rows, { dtype: 'int32' });

  it('does not see padding', () => {
    const mask = sequenceMask(asarray([3, 5], { dtype: 'int32' }), 5);
    const a = net.apply(params, ids([[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]]), context(false), { mask });
    const b = net.apply(params, ids([[1, 2, 3, 8, 5], [4, 5, 6, 7, 8]]), context(false), { mask });
    expectClose(a, b);
    expectClose(slice(a, { stop: 1 }), net.apply(params, ids([[1, 2, 3]]), context(false)));
  });

  it('checkpointed is the same net', () => {
    const block = { layers: 2, features: 8, heads: 2, dtype, dropout: 0.5 } as const;
    const [plain, again] = [transformerEncoder(block), transformerEncoder({ ...block, checkpoint: true })];
    const own = plain.init(randomKey(0));
    expect(again.init(randomKey(0))).toEqual(own);
    expect(again.apply(own, draw(1, [2, 3, 8]), context())).toEqual(plain.apply(own, draw(1, [2, 3, 8]), context()));
  });
});

it('sinusoidalPositions are those of the formula', () => {
  const y = values(sinusoidalPositions()(asarray(new Float64Array(2 * 3 * 4), { shape: [2, 3, 4] })));
  const row = (t: number): number[] => [Math.sin(t), Math.cos(t), Math.sin(t / 100), Math.cos(t / 100)];
  [0, 1, 2, 0, 1, 2].flatMap(row).forEach((value, i) => expect(y[i]).toBeCloseTo(value, 14));
  expect(() => sinusoidalPositions({ base: 1 })).toThrow(/'base' of sinusoidalPositions.*INVALID_ARGUMENT/);
});

it('learnedPositions adds its first rows', () => {
  const layer = learnedPositions({ length: 3, features: 2, dtype });
  const weight = asarray([[1, 2], [3, 4], [5, 6]], { dtype });
  expect((layer.apply({ weight }, asarray([[[0, 0], [10, 10]]], { dtype }), context()) as NDArray).toArray()).toEqual([[[1, 2], [13, 14]]]);
  expect(() => layer.apply({ weight }, draw(0, [1, 4, 2]), context())).toThrow(/too long.*4 steps.*at most 3.*SHAPE_MISMATCH/);
});

it('sequenceMask and meanOverTime count what is there', () => {
  const mask = sequenceMask(asarray([1, 3, 0], { dtype: 'int32' }), 3) as NDArray;
  expect([...mask.data]).toEqual([1, 0, 0, 1, 1, 1, 0, 0, 0]);
  const steps = asarray([[[1], [5], [6]], [[1], [5], [6]], [[1], [5], [6]]], { dtype });
  expect((meanOverTime.apply({}, steps, context(), { mask }) as NDArray).toArray()).toEqual([[1], [4], [0]]);
  expect((meanOverTime.apply({}, steps, context()) as NDArray).toArray()).toEqual([[4], [4], [4]]);
});
