import type { LossResult, ModelContext } from '@gradus/core';
import { asarray, foldIn, randomKey, type NDArray, type Tensor } from '@gradus/graph';
import { expect, it } from 'vitest';
import { dense, meanSquaredError, metrics, softmaxCrossEntropy, supervised } from './index.js';

const context: ModelContext = { key: randomKey(0), training: false, buffers: {}, emit: null };
const identity = { init: () => ({}), apply: (_: unknown, x: Tensor) => x };

it('names the field it does not find', () => {
  const model = supervised({ name: 'm', net: dense({ in: 1, out: 2 }), loss: softmaxCrossEntropy });
  const params = model.init(foldIn(randomKey(0), 1));
  expect(() => model.loss!(params, { inputs: asarray([[1]]) }, context)).toThrow(
    /'m' finds no field 'x'.*inputs.*'y' for targets\. Name.*supervised\(\{ input, target, weight \}\).*UNKNOWN_NAME/,
  );
  const weighted = supervised({ name: 'm', net: dense({ in: 1, out: 2 }), loss: softmaxCrossEntropy, weight: 'w' });
  const batch = { x: asarray([[1]]), y: asarray([0], { dtype: 'int32' }) };
  expect(() => weighted.loss!(params, batch, context)).toThrow(/no field 'w' in the data.*x, y.*'w' for weights.*UNKNOWN_NAME/);
});

it('gives weights to loss and metrics', () => {
  const model = supervised({ name: 'm', net: identity, loss: meanSquaredError, metrics: [metrics.meanAbsoluteError], weight: 'w' });
  const batch = { x: asarray([1, 2, 3]), y: asarray([0, 0, 0]), w: asarray([1, 0, 3]) };
  const { loss, metrics: measured } = model.loss!({}, batch, context) as LossResult;
  expect((loss as NDArray).item()).toBe((1 + 3 * 9) / 4);
  const { total, weight } = measured!.meanAbsoluteError as Record<string, NDArray>;
  expect([total.item(), weight.item()]).toEqual([1 + 3 * 3, 4]);
});

it('refuses two metrics of one name', () => {
  const options = { name: 'm', net: identity, loss: meanSquaredError };
  expect(() => supervised({ ...options, metrics: [metrics.precision, metrics.precisionWith({ average: 'micro' })] })).toThrow(
    /'m' has two metrics.*'precision' twice.*DUPLICATE_NAME/,
  );
  const apart = [metrics.precision, metrics.precisionWith({ average: 'micro', name: 'microPrecision' })];
  expect(Object.keys(supervised({ ...options, metrics: apart }).metrics!)).toEqual(['precision', 'microPrecision']);
});

it('refuses what is no layer, no loss, no metric', () => {
  const options = { name: 'm', net: identity, loss: meanSquaredError };
  const refused = (changed: object): (() => unknown) => () => supervised({ ...options, ...changed } as never);
  expect(refused({ net: (x: Tensor) => x })).toThrow(/'net' of supervised is not usable.*a layer, such as sequential.*INVALID_ARGUMENT/);
  expect(refused({ net: undefined })).toThrow(/supervised needs the option 'net'.*INVALID_ARGUMENT/);
  expect(refused({ loss: 'meanSquaredError' })).toThrow(/'loss' of supervised.*'meanSquaredError'.*a function.*INVALID_ARGUMENT/);
  expect(refused({ metric: [] })).toThrow(/no option 'metric'.*'metrics'.*INVALID_ARGUMENT/);
  expect(refused({ metrics: metrics.f1 })).toThrow(/'metrics' of supervised.*a list.*INVALID_ARGUMENT/);
  expect(refused({ metrics: [meanSquaredError] })).toThrow(/'m' has a metric that is none.*the function 'meanSquaredError'.*metrics\.meanSquaredError.*INVALID_ARGUMENT/);
  expect(refused({ metrics: [null] })).toThrow(/a metric that is none\. Received: null.*INVALID_ARGUMENT/);
});
