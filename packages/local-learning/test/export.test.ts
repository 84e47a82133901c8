/** An exported network says what the network says. */
import { Trainer } from '@gradus/core';
import { inMemory } from '@gradus/data';
import { ortEngine } from '@gradus/engine-ort';
import { localRule } from '@gradus/gradients';
import { argmax, jsEngine, trace, type Engine, type NDArray, type Tensor } from '@gradus/graph';
import { decodeModel, importGraph } from '@gradus/onnx';
import { adam } from '@gradus/optimizers';
import { describe, expect, it } from 'vitest';
import { exportInference, prototypeData } from '../src/index.js';
import { numbers } from './golden.js';
import { tutorialModel } from './tutorial.js';

const SAMPLES = 1000;

async function trained() {
  const { train, validation } = prototypeData({ seed: 4, validation: SAMPLES });
  const model = tutorialModel(4);
  const trainer = new Trainer({ model, optimizer: adam({ learningRate: 5e-3 }), gradient: localRule(), engine: ortEngine({ threads: 1 }) });
  await trainer.fit(inMemory({ ...train }, { batchSize: 16 }), { epochs: 1, run: false, handleSignals: false });
  return { model, trainer, x: validation.x };
}

describe('exportInference', () => {
  it('gives the same scores for 1,000 inputs, in ONNX Runtime and in the interpreter', { timeout: 60_000 }, async () => {
    const { model, trainer, x } = await trained();
    const expected = (await trainer.predict({ x })) as NDArray;
    const bytes = exportInference(model, trainer.params, { batchSize: SAMPLES });
    await trainer.dispose();

    const file = decodeModel(bytes);
    expect(file.graph.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(file.graph.outputs.map(({ name }) => name)).toEqual(['scores']);
    const { graph } = trace(((input: Tensor) => importGraph(file).apply({ x: input }).scores) as never, x as never);
    expect(graph.nodes.filter(({ operator }) => operator.name === 'Loop')).toHaveLength(1);
    const run = async (engine: Engine): Promise<NDArray> => {
      const executable = await engine.compile(graph);
      const [scores] = await executable.run([x]);
      await executable.dispose();
      return scores;
    };
    const [ort, js] = [await run(ortEngine({ threads: 1 })), await run(jsEngine)];
    expect(numbers(ort)).toEqual(numbers(expected));
    expect(numbers(argmax(js))).toEqual(numbers(argmax(expected)));
  });

  it('refuses other options', () => {
    expect(() => exportInference(tutorialModel(0), {}, { batch: 3 } as never)).toThrow(/exportInference has no option 'batch'/);
  });
});
