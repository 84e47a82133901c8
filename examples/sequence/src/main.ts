/** An LSTM learns to add two marked numbers of a long sequence. */
import {
  adam,
  chain,
  clipByGlobalNorm,
  dense,
  earlyStopping,
  inMemory,
  lambdaCallback,
  lstm,
  meanSquaredError,
  metrics,
  sequential,
  supervised,
  Trainer,
  warmupCosineDecaySchedule,
} from 'gradus';
import { errorOfTheMean, sequences } from './adding.js';

const STEPS = 40;
const EPOCHS = 16;
const train = sequences(2560, STEPS, 1);
const validation = sequences(500, STEPS, 2);

const model = supervised({
  name: 'adding',
  net: sequential([lstm({ in: 2, out: 24, returnSequences: false }), dense({ in: 24, out: 1 })]),
  loss: meanSquaredError,
  metrics: [metrics.meanAbsoluteError],
});

const trainData = inMemory({ ...train }, { batchSize: 64, seed: 3 });
const validationData = inMemory({ ...validation }, { batchSize: 250, shuffle: false });

// The gradients of a long chain of steps can be large at once; the rate rises before it falls.
const learningRate = warmupCosineDecaySchedule({ peakValue: 0.02, warmupSteps: trainData.length, decaySteps: EPOCHS * trainData.length });
const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate }));

const trainer = new Trainer({ model, optimizer, seed: 5 });
const { history, stop, folder } = await trainer.fit(trainData, {
  epochs: EPOCHS,
  validationData,
  callbacks: [
    'progressBar',
    earlyStopping({ stopAt: 1e-3, patience: 8, startFromEpoch: 5, restoreBest: true }),
    lambdaCallback({
      onEpochEnd: (epoch, logs, { hyperparameters }) =>
        console.log(`epoch ${epoch + 1}: rate ${hyperparameters.learningRate.toFixed(5)}, validation error ${logs.val_loss.toFixed(5)}`),
    }),
  ],
});

const { loss: error } = await trainer.evaluate(validationData);
await trainer.dispose();
const naive = errorOfTheMean(train, validation);

console.log(`${history.rows.length} epochs: ${stop.message}`);
console.log(`Validation error ${error.toFixed(5)}, of the mean ${naive.toFixed(5)}: ${(naive / error).toFixed(0)} times as good`);
console.log(`Run folder ${folder}`);
