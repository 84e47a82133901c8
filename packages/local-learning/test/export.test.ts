/** An exported network says what the network says. */
import { Trainer } from '@gradus/core';
import { inMemory } from '@gradus/data';
import { ortEngine } from '@gradus/engine-ort';
import { localRule } from '@gradus/gradients';
import { argmax, asarray, randomKey, take, type NDArray } from '@gradus/graph';
import { decodeModel, importGraph, ortSessions, type OnnxSession } from '@gradus/onnx';
import { adam } from '@gradus/optimizers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asynchronous, exportInference, fullyConnected, layerMap, localNetwork, outputLayer, prototypeData, recurrentDiscrete } from '../src/index.js';
import { numbers } from './golden.js';
import { tutorialModel } from './tutorial.js';

const SAMPLES = 1000;
const { train, validation: { x } } = prototypeData({ seed: 4, validation: SAMPLES });
const model = tutorialModel(4);
const trainer = new Trainer({ model, optimizer: adam({ learningRate: 5e-3 }), gradient: localRule(), engine: ortEngine({ threads: 1 }) });
const open = ortSessions({ threads: 1 });
let bytes: Uint8Array;
let session: OnnxSession;

beforeAll(async () => {
  await trainer.fit(inMemory({ ...train }, { batchSize: 16 }), { epochs: 1, run: false, handleSignals: false });
  bytes = exportInference(model, trainer.params);
  session = await open(bytes);
}, 60_000);
afterAll(async () => {
  await session.release!();
  await trainer.dispose();
});

const rows = (indices: readonly number[]): NDArray => take(x, asarray([...indices], { dtype: 'int32' })) as NDArray;
const scoresOf = async (given: NDArray): Promise<number[]> => numbers((await session.run({ x: given })).scores);

describe('exportInference', () => {
  it('takes any number of samples, and has all of the dynamics in one loop', () => {
    const { graph } = decodeModel(bytes);
    expect([...graph.inputs, ...graph.outputs].map(({ name, type }) => [name, type?.kind === 'tensor' && type.shape])).toEqual([['x', ['batch', 100]], ['scores', ['batch', 10]]]);
    expect(graph.nodes.filter(({ type }) => type === 'Loop')).toHaveLength(1);
    // The weights, and no tables beside them.
    expect(bytes.length / 4).toBeLessThan(1.01 * (256 * 100 + 256 * 256 + 10 * 256));
  });

  it.each([1, 7, SAMPLES])('gives the bits of predict for 1,000 inputs, %i at a time', async (batchSize) => {
    const expected = (await trainer.predict({ x }, { batchSize })) as NDArray;
    const found: number[] = [];
    for (let first = 0; first < SAMPLES; first += batchSize) {
      found.push(...(await scoresOf(rows(Array.from({ length: Math.min(batchSize, SAMPLES - first) }, (_, i) => first + i)))));
    }
    expect(found).toEqual(numbers(expected));
  });

  it('says the same in the interpreter', async () => {
    const [own, ort] = [importGraph(decodeModel(bytes)).apply({ x }).scores, (await session.run({ x })).scores];
    expect(numbers(argmax(own))).toEqual(numbers(argmax(ort)));
  });

  it('stops when every sample is still: what a sample gets does not depend on those beside it, nor on its place', async () => {
    const dynamics = model.dynamics(trainer.params);
    const stepsOf = (i: number): number => {
      const { steps } = dynamics.settle(dynamics.initialState(rows([i])), { filter: 'inference', steps: 10, key: randomKey(0) });
      return (steps as NDArray).item();
    };
    const steps = Array.from({ length: 60 }, (_, i) => stepsOf(i));
    const [quick, slow] = [Math.min(...steps), Math.max(...steps)].map((n) => steps.indexOf(n));
    expect(steps[quick]).toBeLessThan(steps[slow] - 2);

    const among = async (own: number, others: number, place: number): Promise<number[]> => {
      const given = Array.from({ length: 7 }, (_, i) => (i === place ? own : others));
      return (await scoresOf(rows(given))).slice(10 * place, 10 * place + 10);
    };
    for (const [own, other] of [[quick, slow], [slow, quick]]) {
      const alone = await among(own, own, 0);
      for (let place = 0; place < 7; place++) expect(await among(own, other, place), `sample ${own} at ${place}`).toEqual(alone);
    }
  });

  it('can be of one size, as it has to be where units are drawn', async () => {
    const drawing = localNetwork({
      layers: layerMap({ 1: { 0: fullyConnected({ in: 100, out: 8 }), 1: recurrentDiscrete({ units: 8 }) }, 2: { 1: fullyConnected({ in: 8, out: 3 }), 2: outputLayer({ units: 3 }) } }),
      orchestrator: asynchronous(),
    });
    const params = drawing.init(randomKey(1));
    expect(() => exportInference(drawing, params)).toThrow(/'localNetwork' is tied to a number of samples.*draws.*exportInference\(model, params, \{ batchSize: 100 \}\).*SIZE_NOT_FREE/);
    const own = await open(exportInference(drawing, params, { batchSize: 4, seed: 2 }));
    const { scores } = await own.run({ x: rows([0, 1, 2, 3]) });
    await own.release!();
    const expected = numbers(drawing.infer(params, rows([0, 1, 2, 3]), randomKey(2)));
    numbers(scores).forEach((v, i) => expect(v).toBeCloseTo(expected[i], 5));
  });

  it('refuses other options', () => {
    expect(() => exportInference(tutorialModel(0), {}, { batch: 3 } as never)).toThrow(/exportInference has no option 'batch'/);
  });
});
