/** Training states for tests: an empty one, one with something of every kind, and random ones; and how to compare them bit for bit. */
import { asarray, dtypes, full, NDArray, scalar, sizeOf, zeros, type DType } from '@gradus/graph';
import type { Params, TrainState } from '@gradus/core';
import fc from 'fast-check';

/** A state at its beginning, with what a test puts into it. */
export const stateOf = (parts: Partial<TrainState> = {}): TrainState => ({
  params: {},
  optimizer: {},
  buffers: {},
  variables: {},
  step: 0,
  seed: 0,
  epoch: 0,
  batch: 0,
  meter: { means: [], sums: {} },
  epochs: 1,
  history: [],
  hyperparameters: {},
  stopping: null,
  callbacks: {},
  folder: null,
  ...parts,
});

/** Something in every field and of every element type. States of different `step` differ in every file. */
export function fullState(step = 7): TrainState {
  const weight = asarray([
    [step, -0, NaN],
    [Infinity, 1e-45, -1.5],
  ]);
  const bias = asarray([0.1 * step], { dtype: 'float64' });
  const m = { 'dense.weight': full([2, 3], step), 'dense.bias': zeros([1], 'float64') };
  return stateOf({
    params: { 'dense.weight': weight, 'dense.bias': bias },
    optimizer: { adam: { m, count: scalar(step, 'int32') }, empty: {} },
    buffers: {
      mean: asarray([-0, step], { dtype: 'float64' }),
      seen: asarray([true, false, true]),
      key: asarray([1, 2 ** 32 - 1], { dtype: 'uint32' }),
    },
    variables: { instructions: { text: 'Größe — \ud83d\ude00 \ud800', examples: [[], {}, null, true] } },
    step,
    seed: 2 ** 53 - 1,
    epoch: 2,
    batch: 3,
    meter: {
      means: [{ name: 'loss', total: NaN, weight: 8 }],
      sums: { f1: { hits: asarray([2n ** 63n - 1n, -1n]), none: zeros([0, 3], 'int64') } },
    },
    epochs: 10,
    history: [
      { epoch: 0, logs: { loss: 0.1 + 0.2, val_loss: -Infinity } },
      { epoch: 1, logs: { loss: -0 } },
    ],
    hyperparameters: { learningRate: 1e-3 },
    stopping: { reason: 'requested', by: 'earlyStopping', message: 'no better' },
    callbacks: {
      earlyStopping: { best: { 'dense.weight': weight, other: full([2], step) }, value: NaN, $wait: 1, $$: ['$number'] },
      none: null,
    },
    folder: { path: 'runs/line/a', bytes: { 'telemetry.jsonl': 123 } },
  });
}

/** A value as text that differs wherever a bit, an order of keys or a type differs. */
export const bitsOf = (value: unknown): string =>
  JSON.stringify(value, function (key, item: unknown) {
    const raw: unknown = this[key];
    if (raw instanceof NDArray) {
      const { buffer, byteOffset, byteLength } = raw.data;
      return `${raw.dtype}[${raw.shape.join()}] ${Buffer.from(buffer, byteOffset, byteLength).toString('hex')}`;
    }
    return typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0)) ? `number ${Object.is(item, -0) ? '-0' : item}` : item;
  });

/** Arrays of any element type and bits, also without axes or without elements. */
export const anyArray: fc.Arbitrary<NDArray> = fc
  .tuple(fc.constantFrom<DType>(...(Object.keys(dtypes) as DType[])), fc.array(fc.nat(3), { maxLength: 3 }))
  .chain(([dtype, shape]) => {
    const bytes = sizeOf(shape) * dtypes[dtype].bytes;
    return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((bits) => {
      const data = dtypes[dtype].allocate(sizeOf(shape));
      new Uint8Array(data.buffer).set(dtype === 'bool' ? bits.map((byte) => byte & 1) : bits);
      return new NDArray(dtype, shape, data);
    });
  });

const oddNames = ['$number', '$array', '$', '$$', 'a.b', 'a', 'constructor', 'prototype', 'toString', '0', '10', '', '#2', '日本'];
const wellFormed = fc.string({ unit: 'binary', maxLength: 5 });

/** Names that safetensors takes. */
export const anyName: fc.Arbitrary<string> = fc
  .oneof(wellFormed, fc.constantFrom(...oddNames))
  .filter((name) => name !== '__proto__' && name !== '__metadata__');

const anyKey = fc.oneof(anyName, fc.constantFrom('__metadata__', '\ud800', 'x\udfff'));

const recordOf = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.array(fc.tuple(key, value), { maxLength: 4 }).map((members) => Object.fromEntries(members));

const anyNumber = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 2 ** 60, 5e-324));
const anyLeaf = fc.oneof(anyNumber, fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(null), fc.constantFrom('\udc00', '$'));
const { tree: anyTree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small' }, anyLeaf, anyArray, fc.array(tie('tree'), { maxLength: 3 }), recordOf(anyKey, tie('tree'))),
}));
const { slots: anySlots } = fc.letrec<{ slots: Params }>((tie) => ({
  slots: recordOf(anyKey, fc.oneof({ depthSize: 'small' }, anyArray, tie('slots'))) as fc.Arbitrary<Params>,
}));
const count = fc.maxSafeNat();

export const anyState: fc.Arbitrary<TrainState> = fc.record({
  params: recordOf(anyName, anyArray),
  optimizer: anySlots,
  buffers: recordOf(anyKey, anyArray),
  variables: recordOf(anyKey, fc.constant({ k: [1, 'x'] })),
  step: count,
  seed: count,
  epoch: count,
  batch: count,
  meter: fc.record({
    means: fc.array(fc.record({ name: fc.string(), total: anyNumber, weight: anyNumber }), { maxLength: 2 }),
    sums: recordOf(anyKey, recordOf(anyKey, anyArray)),
  }),
  epochs: count,
  history: fc.array(fc.record({ epoch: count, logs: recordOf(anyKey, anyNumber) }), { maxLength: 2 }),
  hyperparameters: recordOf(anyKey, anyNumber),
  stopping: fc.constantFrom(null, { reason: 'completed' as const, message: '' }),
  callbacks: recordOf(anyKey, anyTree),
  folder: fc.constantFrom(null, { path: 'runs/x', bytes: { 'history.csv': 5 } }),
});
