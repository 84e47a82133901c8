/** Files come in, are cut, continued and trained further: step for step as PyTorch trains them (test/golden/fine-tune/make.py). */
import type { Model, Params } from '@gradus/core';
import { add, asarray, matmul, mean, multiply, randomKey, square, subtract, trace, prepare, reshape, tanh, type NDArray, type Tensor } from '@gradus/graph';
import { autodiff } from '@gradus/gradients';
import { dense, softmaxCrossEntropy, supervised } from '@gradus/nn';
import { adam, applyUpdates, hyperparametersAt } from '@gradus/optimizers';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { graphOf, modelOf, node, value, tensorType } from '../../test/models.js';
import { decodeModel, encodeModel, exportOnnx, importOnnx, parseModel, serializeModel, verifyOnnx, type Network, type NetworkContext } from '../index.js';
import { networkOf } from './network.js';
import { chosenBy } from './parameters.js';

const file = (name: string): URL => new URL(`../../test/golden/fine-tune/${name}`, import.meta.url);
const bytes = readFileSync(file('model.onnx'));
interface Golden {
  readonly losses: readonly number[];
  readonly outputs: readonly number[];
  readonly statistics: Readonly<Record<string, readonly number[]>>;
}
const golden = JSON.parse(readFileSync(file('losses.json'), 'utf8')) as { readonly whole: Golden; readonly head: Golden };

const BATCH = 8;
const key = randomKey(1) as NDArray;
const numbers = (shape: readonly number[], seed: number, scale = 1): NDArray => {
  const count = shape.reduce((product, n) => product * n, 1);
  return asarray(Float64Array.from({ length: count }, (_, i) => Math.fround(((i * 7919 + seed * 104729) % 1009) / 504.5 - 1) * scale), { dtype: 'float32', shape });
};
const data = (step: number): { x: NDArray; y: NDArray } => {
  const x = numbers([BATCH, 1, 12, 12], step);
  const labels = Array.from({ length: BATCH }, (_, i) => (step * 5 + i * 7) % 3);
  labels.forEach((label, i) => {
    for (let column = 0; column < 12; column++) (x.data as Float32Array)[i * 144 + (2 + 3 * label) * 12 + column] += 1.5;
  });
  return { x, y: asarray(labels, { dtype: 'int32' }) };
};

/** Fifty steps of Adam, as the trainer takes them. */
function train(network: Network): { losses: number[]; outputs: number[]; buffers: Params; model: Model; params: Params } {
  const model = supervised({ name: 'fine-tuned', net: network, loss: softmaxCrossEntropy });
  const optimizer = adam({ learningRate: 3e-3 });
  let params: Params = { ...network.init(key), 'head.weight': numbers([3, 36], 77, 0.2), 'head.bias': numbers([3], 78, 0.2) };
  // PyTorch has the weights of a layer the other way round.
  params = { ...params, 'head.weight': asarray(transposed(params['head.weight'])) };
  let [slots, buffers] = [optimizer.init(params), network.buffers()];
  const hyperparameters = hyperparametersAt(optimizer, 0);
  const { graph, unflatten } = trace(
    (p: Record<string, Tensor>, own: Record<string, Tensor>, state: typeof slots, batch: { x: Tensor; y: Tensor }) => {
      const { loss, gradients, buffers: next } = autodiff().estimate(model, p, batch, { key, training: true, emit: null, buffers: own, variables: {}, hyperparameters: {} });
      const [updates, after] = optimizer.update(gradients, state, p, { hyperparameters: hyperparameters as never });
      return { loss: loss!, params: applyUpdates(p, updates), buffers: { ...own, ...next }, slots: after };
    },
    params as Record<string, NDArray>, buffers as Record<string, NDArray>, slots, data(0),
  );
  const run = prepare(graph);
  const losses: number[] = [];
  for (let step = 0; step < 50; step++) {
    const flat = [params, buffers, slots, data(step)].flatMap((tree) => leavesOf(tree));
    const result = unflatten(run(flat)) as unknown as { loss: NDArray; params: Params; buffers: Params; slots: typeof slots };
    losses.push(result.loss.item());
    ({ params, buffers, slots } = result);
  }
  const outputs = model.predict!(params, data(500), { key, training: false, emit: null, buffers, variables: {} }) as NDArray;
  return { losses, outputs: [...outputs.data].map(Number), buffers, model, params };
}

const leavesOf = (tree: unknown): NDArray[] => (tree !== null && typeof tree === 'object' && 'dtype' in tree ? [tree as NDArray] : Object.values(tree as object).flatMap(leavesOf));
const transposed = ({ data, shape: [rows, columns] }: NDArray): number[][] => Array.from({ length: columns }, (_, c) => Array.from({ length: rows }, (_, r) => Number(data[r * columns + c])));

describe('a file of PyTorch', () => {
  const cut = importOnnx(bytes, { trainable: ['features.*'] }).truncate({ at: '/features/features.8/Dropout' });

  it('says what it has', () => {
    const network = importOnnx(bytes);
    expect([network.name, network.inputs, network.outputs]).toEqual(['main_graph', [{ name: 'image', dtype: 'float32', shape: ['batch', 1, 12, 12] }], ['logits']]);
    expect(Object.keys(network.params)).toEqual(['features.0.weight', 'features.1.weight', 'features.1.bias', 'features.4.weight', 'features.5.weight', 'features.5.bias', 'classifier.weight', 'classifier.bias']);
    expect(Object.keys(network.buffers())).toEqual(['features.1.running_mean', 'features.1.running_var', 'features.5.running_mean', 'features.5.running_var']);
    const head = importOnnx(bytes, { trainable: ['classifier.*'] });
    expect([Object.keys(head.params), Object.keys(head.buffers()), Object.keys(head.frozen).length]).toEqual([['classifier.weight', 'classifier.bias'], [], 10]);
  });

  it.each([
    ['whole', cut],
    ['head', importOnnx(bytes, { trainable: [], outputs: ['/features/features.8/Dropout_output_0'] })],
  ] as const)('is trained further as there: %s', (name, network) => {
    const { losses, outputs, buffers } = train(network.append(dense({ in: 36, out: 3 })));
    const expected = golden[name];
    losses.forEach((loss, step) => expect(Math.abs(loss - expected.losses[step]) / expected.losses[step], `step ${step}`).toBeLessThan(1e-4));
    outputs.forEach((output, i) => expect(Math.abs(output - expected.outputs[i])).toBeLessThan(2e-4));
    for (const [statistic, array] of Object.entries(buffers)) {
      const wanted = expected.statistics[statistic];
      if (wanted !== undefined) [...array.data].forEach((found, i) => expect(Math.abs(Number(found) - wanted[i])).toBeLessThan(1e-4 * Math.max(1, Math.abs(wanted[i]))));
    }
    expect(Object.keys(buffers)).toHaveLength(name === 'whole' ? 4 : 0);
  });

  it('leaves again, and comes back as what it was', async () => {
    const { model, params, buffers } = train(cut.append(dense({ in: 36, out: 3 })));
    const message = exportOnnx(model, { params, buffers }, { inputs: { x: { dtype: 'float32', shape: ['batch', 1, 12, 12] } } });
    expect((await verifyOnnx(message, model, { params, buffers })).passed).toBe(true);
    const again = importOnnx(serializeModel(message));
    expect(Object.keys(again.params)).toEqual(Object.keys(params));
    expect(Object.keys(again.buffers())).toEqual(Object.keys(buffers));
    expect(decodeModel(message).graph.nodes.map(({ type }) => type)).toContain('BatchNormalization');
  });

  it('keeps the names of what stayed as it was', () => {
    const frozen = importOnnx(bytes, { trainable: ['classifier.bias'] });
    const model = supervised({ name: 'frozen', net: frozen, loss: softmaxCrossEntropy });
    const message = exportOnnx(model, { params: model.init(key) }, { inputs: { x: { dtype: 'float32', shape: ['batch', 1, 12, 12] } } });
    expect(decodeModel(message).graph.initializers.map(({ name }) => name).filter((name) => !name.startsWith('/')).sort()).toEqual(
      [...decodeModel(bytes).graph.initializers.map(({ name }) => name), 'constant_0'].sort(),
    );
    expect(decodeModel(message).graph.nodes[0].name).toBe('features.0/Conv');
  });
});

/** Two inputs, two outputs, an element type that is not trained, and a scalar. */
const twoWays = modelOf({
  ...graphOf([value('a', tensorType('float32', ['n', 2])), value('b', tensorType('float32', ['n', 2]))], 'sum product', [
    node('MatMul', 'a left.w', 'l'), node('MatMul', 'b right.w', 'r'), node('Add', 'l r', 's'), node('Mul', 's scale', 'sum'), node('Mul', 'l r', 'product'),
  ], { 'left.w': asarray([[1, 2], [3, 4]]), 'right.w': asarray([[0.5, -1], [1, 0]]), scale: asarray(2) }),
  name: 'ways',
});
const network = (patterns?: readonly string[]): Network => networkOf(twoWays, (names) => chosenBy(patterns, names), {});
const context: NetworkContext = { key, training: false, emit: null, buffers: {}, variables: {} };
const [a, b] = [asarray([[1, 2], [3, 4]]), asarray([[0, 1], [1, 1]])];

describe('several inputs and outputs', () => {
  it('are run by name', () => {
    const { sum, product } = network().run(network().params, { a, b }, context) as Record<string, NDArray>;
    expect(sum.toArray()).toEqual((multiply(add(matmul(a, network().params['left.w']), matmul(b, network().params['right.w'])), 2) as NDArray).toArray());
    expect((product as NDArray).shape).toEqual([2, 2]);
    expect(Object.keys(network().params)).toEqual(['left.w', 'right.w']);
    expect(Object.keys(network(['*']).params)).toEqual(['left.w', 'right.w', 'scale']);
  });

  it('make a model, whose loss sees the outputs and the batch', () => {
    const model = network(['right.*']).model({ loss: ({ sum, product }, { target }) => ({ loss: mean(square(subtract(add(sum, product), target))), metrics: { size: mean(sum) } }), metrics: { size: 'min' } });
    const batch = { a, b, target: asarray([[1, 1], [1, 1]]) };
    const result = model.loss!(model.init(key), batch, context) as { loss: NDArray; metrics: Record<string, NDArray> };
    expect(result.loss.item()).toBeGreaterThan(0);
    expect([model.name, Object.keys(result.metrics), Object.keys(model.init(key))]).toEqual(['ways', ['size'], ['right.w']]);
    expect(Object.keys(model.predict!(model.init(key), { a, b }, context) as object)).toEqual(['sum', 'product']);
  });

  it('are a layer once one output is left, the other inputs being extras', () => {
    const one = network().truncate({ at: 'sum' });
    expect((one.apply(one.params, a, context, { b }) as NDArray).shape).toEqual([2, 2]);
    expect(() => network().apply(network().params, a, context, { b })).toThrow(/is no layer: it has 2 outputs.*truncate.*INVALID_MODEL/);
  });
});

describe('cutting and continuing', () => {
  it('leaves out what only the rest needs', () => {
    const left = network().truncate({ at: 'l' });
    expect([left.inputs.map(({ name }) => name), left.outputs, Object.keys(left.params), Object.keys(left.frozen)]).toEqual([['a'], ['l'], ['left.w'], []]);
  });

  it('puts layers and functions behind an output', () => {
    const longer = network().truncate({ at: ['sum', 'product'] }).append(dense({ in: 2, out: 3 }), { of: 'product', name: 'top' }).append(tanh, { of: 'top', name: 'bounded' });
    expect([longer.outputs, Object.keys(longer.init(key))]).toEqual([['sum', 'bounded'], ['left.w', 'right.w', 'top.weight', 'top.bias']]);
    const { bounded } = longer.run(longer.init(key), { a, b }, context) as Record<string, NDArray>;
    expect([bounded.shape, bounded.data.every((v: number | bigint) => Math.abs(Number(v)) <= 1)]).toEqual([[2, 3], true]);
  });

  it('refuses what does not fit', () => {
    expect(() => network().truncate({ at: 'sun' })).toThrow(/no such value or node.*'sun'.*Did you mean 'sum'.*UNKNOWN_NAME/);
    expect(() => network().append(tanh)).toThrow(/not said after which output.*sum, product.*UNKNOWN_NAME/);
    expect(() => network().append(tanh, { of: 'sums' })).toThrow(/no such output.*Did you mean 'sum'.*UNKNOWN_NAME/);
    expect(() => network().append(tanh, { of: 'sum', name: 'left' })).toThrow(/cannot be called 'left'.*'left.w'.*DUPLICATE_NAME/);
    expect(() => network().append(tanh, { of: 'sum' }).truncate({ at: 'l' })).toThrow(/cut before parts are appended.*INVALID_ARGUMENT/);
    expect(() => network(['centre.*'])).toThrow(/'trainable' of importOnnx.*'centre.\*'.*left.w, right.w.*UNKNOWN_PARAMETER/);
  });
});

describe('nodes that only run', () => {
  it('are refused by name, with the reason', () => {
    const attempt = (type: string) => () => networkOf(modelOf(graphOf('x', 'y', [{ ...node(type, 'x', 'y'), name: 'n7' }])), (names) => chosenBy(undefined, names), {});
    expect(attempt('QLinearConv')).toThrow(/^QLinearConv 'n7' cannot be imported: it computes with quantised integers, which have no gradient.*float model.*UNSUPPORTED_OPERATOR/);
    expect(attempt('com.microsoft.FusedConv')).toThrow(/^com.microsoft.FusedConv 'n7'.*its optimizer has fused.*before it is optimized.*UNSUPPORTED_OPERATOR/);
    expect(attempt('ai.onnx.ml.TreeEnsembleRegressor')).toThrow(/fitted by other means than gradients.*blackBoxOnnx.*UNSUPPORTED_OPERATOR/);
    expect(attempt('Swirl')).toThrow(/Swirl 'n7' cannot be imported: Gradus has no rule for it.*UNSUPPORTED_OPERATOR/);
  });

  it('do no harm where the network ends before them', () => {
    const { graph } = trace((x: Tensor) => tanh(reshape(x, [2, 1])), { dtype: 'float32', shape: [2] });
    const message = parseModel(encodeModel(graph));
    const [first, ...rest] = message.graph!.node!;
    const strange = serializeModel({ ...message, graph: { ...message.graph, node: [first, ...rest.map((own) => ({ ...own, opType: 'Swirl' }))] } });
    expect(() => importOnnx(strange)).toThrow('UNSUPPORTED_OPERATOR');
    expect(importOnnx(strange, { outputs: [first.output![0]] }).outputs).toEqual(first.output);
  });
});

it('dropout drops by the key while training only, and scales what stays', () => {
  const dropping = networkOf(modelOf(graphOf('x', 'y', [node('Dropout', 'x ratio train', 'y')], { ratio: asarray(0.25), train: asarray(true) })), (names) => chosenBy(undefined, names), {});
  const x = asarray(new Float32Array(4000).fill(3));
  const drop = (training: boolean, k: NDArray = key): NDArray => dropping.apply({}, x, { ...context, training, key: k }) as NDArray;
  expect(new Set(Array.from(drop(false).data, Number))).toEqual(new Set([3]));
  expect(new Set(Array.from(drop(true).data, Number))).toEqual(new Set([0, 4]));
  const share = drop(true).data.filter((v: number | bigint) => v === 0).length / 4000;
  // Three standard deviations of a mean of 4000 coins.
  expect(Math.abs(share - 0.25)).toBeLessThan(3 * Math.sqrt((0.25 * 0.75) / 4000));
  expect(drop(true).data).toEqual(drop(true).data);
  expect(drop(true, randomKey(2) as NDArray).data).not.toEqual(drop(true).data);
});
