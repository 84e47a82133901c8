/** Random arrays, names and training states. */
import { dtypes, NDArray, sizeOf, type DType } from '@gradus/graph';
import type { Params, TrainState } from '@gradus/core';
import fc from 'fast-check';

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
