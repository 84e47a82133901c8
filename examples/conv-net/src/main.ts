/** A convolutional network learns to read digits, and shows its first filters and what it misread. */
import { writeFileSync } from 'node:fs';
import {
  accuracy,
  adam,
  argmax,
  batchNormalization,
  conv2d,
  cosineDecay,
  dense,
  dropout,
  earlyStopping,
  flattenSamples,
  inMemory,
  maxPool2d,
  relu,
  sequential,
  softmaxCrossEntropy,
  supervised,
  Trainer,
  type NDArray,
} from 'gradus';
import { confusion, printConfusion } from './confusion.js';
import { CLASSES, digits } from './digits.js';
import { picture } from './picture.js';

const train = digits(3000, 1);
const validation = digits(1000, 2);

// Images are [batch, channels, height, width]. A normalisation has a bias of its own, so the convolution before it needs none.
const net = sequential([
  conv2d({ in: 1, out: 8, kernel: 5, padding: 'same', bias: false }),
  batchNormalization({ features: 8 }),
  relu,
  maxPool2d({ size: 2 }),
  conv2d({ in: 8, out: 16, kernel: 3, padding: 'same', bias: false }),
  batchNormalization({ features: 16 }),
  relu,
  maxPool2d({ size: 2 }),
  flattenSamples,
  dropout(0.3),
  dense({ in: 16 * 7 * 7, out: CLASSES }),
]);
const model = supervised({ name: 'digits', net, loss: softmaxCrossEntropy, metrics: [accuracy] });

const EPOCHS = 7;
const trainData = inMemory({ ...train }, { batchSize: 50, seed: 4 });
const validationData = inMemory({ ...validation }, { batchSize: 250, shuffle: false });

const learningRate = cosineDecay({ initValue: 5e-3, decaySteps: EPOCHS * trainData.length });
const trainer = new Trainer({ model, optimizer: adam({ learningRate }), seed: 4 });
const { history, stop, folder } = await trainer.fit(trainData, {
  epochs: EPOCHS,
  validationData,
  callbacks: ['progressBar', earlyStopping({ patience: 3, restoreBest: true })],
});

const { accuracy: share } = await trainer.evaluate(validationData);
const said = argmax((await trainer.predict({ x: validation.x }, { batchSize: 250 })) as NDArray) as NDArray;
await trainer.dispose();

const file = process.argv[2] ?? 'filters-and-mistakes.svg';
writeFileSync(file, picture(trainer.params['0.weight'], validation, said));

console.log(`${history.rows.length} epochs: ${stop.message}`);
printConfusion(confusion(validation.y, said, CLASSES));
console.log(`Validation accuracy ${(100 * share).toFixed(1)} %`);
console.log(`Run folder ${folder}`);
console.log(`Filters and mistakes ${file}`);
