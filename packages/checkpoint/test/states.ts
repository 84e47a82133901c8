/** Training states for tests: an empty one, and one with something of every kind; and how to compare them bit for bit. */
import { asarray, full, NDArray, scalar, zeros } from '@gradus/graph';
import type { TrainState } from '@gradus/core';

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
    return typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0))
      ? `number ${Object.is(item, -0) ? '-0' : item}`
      : item;
  });
