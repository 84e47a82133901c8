/** A file with an operator that has neither rule nor gradient here trains in ONNX Runtime by its losses alone. */
import type { GradientEstimator } from '@gradus/core';
import { evolutionStrategies, centralDifference } from '@gradus/gradients';
import { asarray, randomKey, type NDArray } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { blackBoxOnnx, importOnnx, ortSessions, parseModel, serializeModel, type BlackBox, type ModelMessage, type TensorMessage } from '../index.js';

const tensor = (name: string, dims: bigint[], ...values: number[]): TensorMessage => ({ name, dims, dataType: 1, rawData: new Uint8Array(Float32Array.from(values).buffer) });
const value = (name: string, dims: bigint[]): object => ({ name, type: { tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } } });

/** gelu(x w) + b, with a Gelu of ONNX Runtime alone. */
const model: ModelMessage = {
  irVersion: 8n,
  opsetImport: [{ domain: '', version: 18n }, { domain: 'com.microsoft', version: 1n }],
  graph: {
    name: 'strange',
    node: [
      { opType: 'MatMul', input: ['x', 'w'], output: ['p'], name: 'm' },
      { opType: 'BiasGelu', domain: 'com.microsoft', input: ['p', 'b'], output: ['y'], name: 'strange' },
    ],
    initializer: [tensor('w', [2n, 1n], 0.3, -0.2), tensor('b', [1n], 0.1)],
    input: [value('x', [3n, 2n])],
    output: [value('y', [3n, 1n])],
  } as ModelMessage['graph'],
};
const batch = { x: asarray([[1, 2], [0.5, -1], [2, 0]]), target: asarray([[1.5], [-0.1], [1.2]]) };
const loss = ({ y }: Readonly<Record<string, NDArray>>, { target }: { target?: NDArray }): number =>
  Array.from(y.data as Float32Array, (v, i) => (v - Number(target!.data[i])) ** 2 / 3).reduce((a, b) => a + b);
const numbersOf = ({ hyperparameters = {} }: GradientEstimator): Record<string, number> =>
  Object.fromEntries(Object.entries(hyperparameters).map(([name, v]) => [name, typeof v === 'function' ? v(0) : v]));
const box = (options: object = {}): BlackBox => blackBoxOnnx(serializeModel(model), { loss, session: ortSessions({ threads: 1 }), ...options });

describe('a black box', () => {
  it('is where importing ends', () => {
    expect(() => importOnnx(serializeModel(model))).toThrow(/com.microsoft.BiasGelu 'strange' cannot be imported/);
  });

  it('gets gradients from its losses, which are those of calculus', async () => {
    const own = box();
    const evaluate = async (params: Readonly<Record<string, NDArray>>) => ({ loss: (await own.objective!(params, batch, {} as never)) as number });
    const estimator = centralDifference({ epsilon: 1e-2 });
    const context = { key: randomKey(1) as NDArray, hyperparameters: numbersOf(estimator) };
    const { gradients } = await estimator.estimate(evaluate, own.init(context.key), context);
    // d/du gelu(u) = Phi(u) + u phi(u).
    const erf = (u: number): number => { let sum = 0; for (let n = 0, term = u; n < 60; n++, term *= (-u * u) / n) sum += term / (2 * n + 1); return (2 / Math.sqrt(Math.PI)) * sum; };
    const phi = (u: number): number => Math.exp((-u * u) / 2) / Math.sqrt(2 * Math.PI);
    const cdf = (u: number): number => (1 + erf(u / Math.SQRT2)) / 2;
    const rows = [[1, 2], [0.5, -1], [2, 0]];
    const wanted = [0, 0, 0];
    rows.forEach(([a, b], i) => {
      const u = 0.3 * a - 0.2 * b + 0.1;
      const slope = (2 / 3) * (u * cdf(u) - Number(batch.target.data[i])) * (cdf(u) + u * phi(u));
      [a, b, 1].forEach((factor, k) => (wanted[k] += slope * factor));
    });
    [...gradients.w.data, ...gradients.b.data].forEach((found, k) => expect(Math.abs(Number(found) - wanted[k])).toBeLessThan(2e-3));
    await own.release();
  });

  it('learns by evolution strategies, and its file is written with what it learnt', async () => {
    const own = box();
    const estimator = evolutionStrategies({ population: 32 });
    const evaluate = async (params: Readonly<Record<string, NDArray>>) => ({ loss: (await own.objective!(params, batch, {} as never)) as number });
    const hyperparameters = numbersOf(estimator);
    let params = own.init(randomKey(1) as NDArray);
    const before = (await evaluate(params)).loss;
    for (let step = 0; step < 60; step++) {
      const { gradients } = await estimator.estimate(evaluate, params, { key: randomKey(step) as NDArray, hyperparameters });
      params = Object.fromEntries(Object.entries(params).map(([name, { data, dtype, shape }]) => [name, asarray(Float32Array.from(data as Float32Array, (v, i) => v - 0.1 * Number(gradients[name].data[i])), { dtype, shape })]));
    }
    const after = (await evaluate(params)).loss;
    expect(after).toBeLessThan(before / 5);
    const saved = blackBoxOnnx(serializeModel(own.save(params)), { loss });
    expect(await saved.objective!(saved.init(randomKey(1) as NDArray), batch, {} as never)).toBe(after);
    expect(parseModel(serializeModel(own.save(params))).graph!.node).toEqual(parseModel(serializeModel(model)).graph!.node);
    const output = (await own.predict!(params, { x: batch.x }, {} as never)) as NDArray;
    expect(output.shape).toEqual([3, 1]);
    await Promise.all([own.release(), saved.release()]);
  });

  it('says what is wrong', async () => {
    expect(() => box({ trainable: ['v'] })).toThrow(/'v'.*w, b.*UNKNOWN_PARAMETER/);
    expect(() => box({ trainable: [] })).toThrow(/'strange' has nothing to train.*INVALID_MODEL/);
    await expect(box().objective!({}, { x: asarray([1, 2, 3]) }, {} as never)).rejects.toThrow(/failed to run the model.*ORT_RUN_FAILED/);
    const broken = blackBoxOnnx({ ...model, graph: { ...model.graph, node: [{ opType: 'Swirl', input: ['x'], output: ['y'] }] } }, { loss });
    await expect(broken.objective!({}, batch, {} as never)).rejects.toThrow(/refuses the model.*ORT_LOAD_FAILED/);
    const absent = blackBoxOnnx(model, { loss, session: ortSessions({ importer: () => Promise.reject(new Error('not there')) }) });
    await expect(absent.objective!({}, batch, {} as never)).rejects.toThrow(/onnxruntime-node cannot be loaded.*not there.*ORT_UNAVAILABLE/);
  });
});
