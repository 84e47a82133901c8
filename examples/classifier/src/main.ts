/** A multilayer perceptron learns three spirals inside ONNX Runtime and draws its decision boundary. */
import { writeFileSync } from 'node:fs';
import {
  accuracy,
  dense,
  earlyStopping,
  inMemory,
  progressBar,
  relu,
  sequential,
  softmaxCrossEntropy,
  supervised,
  Trainer,
  type NDArray,
} from 'gradus';
import { grid, picture } from './picture.js';
import { CLASSES, spirals } from './spirals.js';

const train = spirals(300, 1);
const validation = spirals(100, 2);

const model = supervised({
  name: 'spirals',
  net: sequential([dense({ in: 2, out: 64 }), relu, dense({ in: 64, out: 64 }), relu, dense({ in: 64, out: CLASSES })]),
  loss: softmaxCrossEntropy,
  metrics: [accuracy],
});

const trainer = new Trainer({ model, optimizer: { use: 'adam', options: { learningRate: 5e-3 } }, seed: 7 });
const { history, stop, folder } = await trainer.fit(inMemory({ ...train }, { batchSize: 60, seed: 7 }), {
  epochs: 100,
  validationData: inMemory({ ...validation }, { batchSize: 300, shuffle: false }),
  callbacks: [progressBar(), earlyStopping({ monitor: 'val_loss', patience: 15, restoreBest: true })],
});

const { val_accuracy: share } = await trainer
  .evaluate(inMemory({ ...validation }, { batchSize: 300, shuffle: false }))
  .then((logs) => ({ val_accuracy: logs.accuracy }));
const logits = (await trainer.predict({ x: grid() })) as NDArray;
const file = process.argv[2] ?? 'decision-boundary.svg';
writeFileSync(file, picture(logits, validation, `Three spirals, validation accuracy ${(100 * share).toFixed(1)} %`));

console.log(`${history.rows.length} epochs: ${stop.message}`);
console.log(`Validation accuracy ${(100 * share).toFixed(1)} %`);
console.log(`Run folder ${folder}`);
console.log(`Decision boundary ${file}`);
