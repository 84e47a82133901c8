/** The tutorial that the package is measured by: ten prototypes of 100 bits, 30 % of which are turned, 256 hidden units, three epochs. */
import { Trainer } from '@gradus/core';
import { inMemory } from '@gradus/data';
import { ortEngine } from '@gradus/engine-ort';
import { localRule } from '@gradus/gradients';
import { adam } from '@gradus/optimizers';
import {
  frozenFullyConnected,
  fullyConnected,
  layerMap,
  localNetwork,
  outputLayer,
  prototypeData,
  recurrentDiscrete,
  twoPhase,
  type LocalNetwork,
  type Semantics,
} from '../src/index.js';

export interface TutorialOptions {
  readonly selfCoupling?: number;
  readonly feedback?: number;
  readonly semantics?: Semantics;
}

export function tutorialModel(seed: number, { selfCoupling = 0.5, feedback = 0.3, semantics }: TutorialOptions = {}): LocalNetwork {
  const layers = layerMap({
    1: {
      0: fullyConnected({ in: 100, out: 256, threshold: 3.5 }),
      1: recurrentDiscrete({ units: 256, selfCoupling, threshold: 0.5 }),
      2: frozenFullyConnected({ in: 10, out: 256, strength: feedback }),
    },
    2: { 1: fullyConnected({ in: 256, out: 10, threshold: 3.5 }), 2: outputLayer({ units: 10 }) },
  });
  return localNetwork({ name: 'tutorial', layers, protocol: twoPhase({ clamped: 10, free: 10, inference: 10 }), seed, semantics });
}

/** Accuracy on the training data and on the same prototypes with new noise. As in the tutorial, samples are not shuffled again. */
export async function tutorial(seed: number, options: TutorialOptions = {}): Promise<{ readonly train: number; readonly heldOut: number }> {
  const { train, validation } = prototypeData({ seed });
  const model = tutorialModel(seed, options);
  const trainer = new Trainer({
    model,
    optimizer: adam({ learningRate: 5e-3 }),
    gradient: localRule(),
    engine: ortEngine({ threads: 1 }),
    seed,
  });
  await trainer.fit(inMemory({ ...train }, { batchSize: 16, shuffle: false }), { epochs: 3, run: false, handleSignals: false });
  const accuracy = async (data: typeof train): Promise<number> =>
    (await trainer.evaluate(inMemory({ ...data }, { batchSize: 1000, shuffle: false }))).accuracy;
  const result = { train: await accuracy(train), heldOut: await accuracy(validation) };
  await trainer.dispose();
  return result;
}
