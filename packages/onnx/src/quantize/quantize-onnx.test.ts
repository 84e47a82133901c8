/** Products in integers give what integers give, worked out here, and the loss that is reported is the one there is. */
import { asarray, normal, randomKey, relu, type NDArray } from '@gradus/graph';
import { dense, lstm, sequential, softmaxCrossEntropy, supervised } from '@gradus/nn';
import { describe, expect, it } from 'vitest';
import { checkOnnx, decodeModel, exportOnnx, ortSessions, quantizeOnnx, serializeModel, type ModelMessage } from '../index.js';

const key = randomKey(9) as NDArray;
const session = ortSessions({ threads: 1 });
const fileOf = (members: Parameters<typeof sequential>[0], ...shape: (number | string)[]): ModelMessage => {
  const model = supervised({ name: 'network', net: sequential(members), loss: softmaxCrossEntropy });
  return exportOnnx(model, { params: model.init(key) }, { inputs: { x: { dtype: 'float32', shape } } });
};
const run = async (model: ModelMessage, x: NDArray): Promise<NDArray> => (await (await session(serializeModel(model))).run({ x })).output;
const nodes = (model: ModelMessage): string[] => decodeModel(serializeModel(model)).graph.nodes.map(({ type }) => type);

describe('a product', () => {
  const file = fileOf([dense({ in: 6, out: 4, bias: false })], 'batch', 6);
  // No number stands in the middle between two steps, which are rounded to even.
  const x = asarray([[1.03, -2.11, 0.52, 3.17, 0, 0.27], [0, 0, 0, 0, 0, 0], [-1.07, 4.01, 2.21, -0.53, 1.19, 1.23]]);

  it('is that of the integers', async () => {
    const { model } = await quantizeOnnx(file, { samples: { x }, least: 1, session });
    expect(nodes(model)).toEqual(['DynamicQuantizeLinear', 'MatMulInteger', 'Cast', 'Mul', 'Mul']);
    expect(checkOnnx(model)).toEqual([]);
    const weight = new Float32Array(file.graph!.initializer![0].rawData!.slice().buffer);
    // DynamicQuantizeLinear: the range with 0 in it becomes 0 to 255.
    const [low, high] = [Math.min(0, ...(x.data as Float32Array)), Math.max(0, ...(x.data as Float32Array))];
    const scale = Math.fround(Math.fround(high - low) / 255);
    const zero = Math.round(Math.fround(-low / scale));
    const integers = Array.from(x.data as Float32Array, (value) => Math.max(0, Math.min(255, Math.round(value / scale) + zero)));
    const columns = Array.from({ length: 4 }, (_, j) => Math.fround(Math.max(...Array.from({ length: 6 }, (_, i) => Math.abs(weight[4 * i + j]))) / 127));
    const expected = Array.from({ length: 12 }, (_, at) => {
      const [row, j] = [Math.floor(at / 4), at % 4];
      let sum = 0;
      for (let i = 0; i < 6; i++) sum += (integers[6 * row + i] - zero) * Math.round(weight[4 * i + j] / columns[j]);
      return sum * scale * columns[j];
    });
    const found = await run(model, x);
    found.data.forEach((value: number | bigint, i: number) => expect(Math.abs(Number(value) - expected[i])).toBeLessThan(1e-6));
    // Zeros are exact.
    expect([...found.data].slice(4, 8).map(Math.abs as never)).toEqual([0, 0, 0, 0]);
  });

  it('loses what is reported, and less where it is told exactly', async () => {
    const { model, report } = await quantizeOnnx(serializeModel(file), { samples: { x }, least: 1, session });
    const [a, b] = [await run(file, x), await run(model, x)];
    const scale = Math.max(...Array.from(a.data as Float32Array, Math.abs));
    const differences = Array.from(a.data as Float32Array, (value, i) => Math.abs(value - Number(b.data[i])) / scale);
    expect(report.largest).toBeCloseTo(Math.max(...differences), 12);
    expect(report.mean).toBeCloseTo(differences.reduce((sum, d) => sum + d, 0) / 12, 12);
    expect(report.bytes).toEqual([serializeModel(file).length, serializeModel(model).length]);
    // Half a step of the weights and of the inputs each, over six products.
    expect(report.largest).toBeLessThan(0.03);
    const reduced = await quantizeOnnx(file, { samples: { x }, least: 1, reduceRange: true, session });
    expect(Math.max(...new Int8Array(reduced.model.graph!.initializer![0].rawData!.slice().buffer))).toBeLessThanOrEqual(63);
  });
});

it('a network of a quarter of the size gives nearly the same answers', async () => {
  const file = fileOf([dense({ in: 64, out: 128 }), relu, dense({ in: 128, out: 128 }), relu, dense({ in: 128, out: 10 })], 'batch', 64);
  const { report } = await quantizeOnnx(file, { samples: { x: normal(key, [500, 64]) as NDArray }, session });
  expect(report.bytes[1]).toBeLessThan(report.bytes[0] * 0.3);
  expect([report.largest < 0.05, report.mean < 0.01, report.agreement > 0.95]).toEqual([true, true, true]);
  expect(report.agreement).toBeLessThan(1);
});

it('products in loops are rewritten too, and shared operands are quantised once', async () => {
  const file = fileOf([lstm({ in: 8, out: 32, returnSequences: false }), dense({ in: 32, out: 40 })], 'batch', 5, 8);
  const { model, report } = await quantizeOnnx(file, { samples: { x: normal(key, [50, 5, 8]) as NDArray }, session });
  const scan = decodeModel(serializeModel(model)).graph.nodes.find(({ type }) => type === 'Scan')!.attributes.get('body')!;
  expect('graph' in scan && scan.graph.nodes.map(({ type }) => type)).toContain('MatMulInteger');
  expect(report.largest).toBeLessThan(0.1);
  expect(checkOnnx(model)).toEqual([]);
  const two: ModelMessage = { ...file, graph: { ...fileOf([dense({ in: 40, out: 40, bias: false })], 'batch', 40).graph! } };
  const [product] = two.graph!.node!;
  const twice = { ...two, graph: { ...two.graph, node: [product, { ...product, name: 'again', output: ['other'] }], output: [...two.graph!.output!, { ...two.graph!.output![0], name: 'other' }] } };
  expect(nodes((await quantizeOnnx(twice, { samples: { x: normal(key, [3, 40]) as NDArray }, session })).model).filter((type) => type === 'DynamicQuantizeLinear')).toHaveLength(1);
});

it('is refused where there is nothing to quantise', async () => {
  const file = fileOf([dense({ in: 4, out: 4 })], 'batch', 4);
  await expect(quantizeOnnx(file, { samples: { x: asarray([[1, 2, 3, 4]]) }, session })).rejects.toThrow(/nothing to quantise.*1024 elements.*'least'.*INVALID_MODEL/);
  await expect(quantizeOnnx(file, {} as never)).rejects.toThrow(/needs the option 'samples'.*INVALID_ARGUMENT/);
});
