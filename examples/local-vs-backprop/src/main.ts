/** One recurrent network of signs and one set of data, trained in four ways: a table, and a picture of accuracy over time. */
import { writeFileSync } from 'node:fs';
import { labelledData, prototypeData, type Labelled } from '@gradus/local-learning';
import { adam, autodiff, evolutionStrategies, localRule, spsa, Trainer, type TrainerOptions } from 'gradus';
import { network, withLoss } from './network.js';
import { picture, type Curve } from './picture.js';

const file = process.argv[2] ?? 'accuracy.svg';
const epochs = Number(process.argv[3] ?? 5);
const seed = 1;

const { train, validation } = prototypeData({ classes: 10, dimensions: 100, samples: 1000, flip: 0.3, seed });
const net = network(64, seed);
const optimizer = adam({ learningRate: 5e-3 });
const ways: readonly Pick<TrainerOptions, 'model' | 'gradient'>[] = [
  { model: net, gradient: localRule() },
  { model: withLoss('backPropagation', net), gradient: autodiff() },
  { model: withLoss('spsa', net), gradient: spsa({ samples: 8, perturbation: 0.05 }) },
  { model: withLoss('evolutionStrategies', net), gradient: evolutionStrategies({ population: 32, sigma: 0.05 }) },
];

const heldOut = labelledData(validation, { classes: 10, batchSize: 500, shuffle: false });
const accuracyOf = async (trainer: Trainer, data: Labelled): Promise<number> =>
  (await trainer.evaluate(labelledData(data, { classes: 10, batchSize: 500, shuffle: false }))).accuracy;

const curves: Curve[] = [];
console.log(`${'trained by'.padEnd(22)}${'held out'.padStart(9)}${'training'.padStart(10)}${'ms per step'.padStart(13)}`);
for (const way of ways) {
  const trainer = new Trainer({ ...way, optimizer, seed });
  const points = [{ seconds: 0, accuracy: await accuracyOf(trainer, validation) }];
  const data = labelledData(train, { classes: 10, batchSize: 20, seed });
  // Compiles the step, which is no training.
  await trainer.fit(data, { epochs: 0, run: false });
  let seconds = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const start = performance.now();
    await trainer.fit(data, { run: false, handleSignals: false });
    seconds += (performance.now() - start) / 1000;
    points.push({ seconds, accuracy: (await trainer.evaluate(heldOut)).accuracy });
  }
  const [own, seen] = [points.at(-1)!.accuracy, await accuracyOf(trainer, train)];
  const ms = (1000 * seconds) / (epochs * data.length);
  console.log(`${way.model.name.padEnd(22)}${own.toFixed(3).padStart(9)}${seen.toFixed(3).padStart(10)}${ms.toFixed(2).padStart(13)}`);
  curves.push({ name: way.model.name, points });
  await trainer.dispose();
}

writeFileSync(file, picture(curves));
console.log(`Accuracy on new samples over time: ${file}`);
