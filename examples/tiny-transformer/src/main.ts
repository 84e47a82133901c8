/** A transformer learns the letters of a small language and writes in it. */
import {
  adamw,
  chain,
  clipByGlobalNorm,
  dense,
  embedding,
  inMemory,
  lambdaCallback,
  metrics,
  sequential,
  softmaxCrossEntropy,
  supervised,
  Trainer,
  transformerEncoder,
  warmupCosineDecaySchedule,
} from 'gradus';
import { corpus, isSentence, LONGEST } from './grammar.js';
import { LETTERS, windows } from './letters.js';
import { write } from './write.js';

// A sentence with a line's end before and behind it.
const LENGTH = LONGEST + 2;
const FEATURES = 48;
const EPOCHS = 4;

const train = corpus(1280, 1);
const validation = corpus(200, 2);
const known = new Set(train.sentences);

// Encoder blocks whose attention sees nothing to come are what is called a decoder: there is nothing else to attend to.
const model = supervised({
  name: 'letters',
  net: sequential([
    embedding({ vocabulary: LETTERS.length, features: FEATURES }),
    transformerEncoder({ layers: 2, features: FEATURES, heads: 4, causal: true, rotary: true }),
    dense({ in: FEATURES, out: LETTERS.length }),
  ]),
  loss: softmaxCrossEntropy,
  metrics: [metrics.perplexity],
});

const trainData = inMemory({ ...windows(train.sentences, LENGTH) }, { batchSize: 16, seed: 1 });
const validationData = inMemory({ ...windows(validation.sentences, LENGTH) }, { batchSize: 32, shuffle: false });
const steps = EPOCHS * trainData.length;
const learningRate = warmupCosineDecaySchedule({ peakValue: 6e-3, warmupSteps: 40, decaySteps: steps });
const trainer = new Trainer({ model, optimizer: chain(clipByGlobalNorm(1), adamw({ learningRate, weightDecay: 0.01 })), seed: 2 });

console.log(`The grammar's own perplexity is ${Math.exp(validation.entropy).toFixed(3)} per letter`);
const { folder } = await trainer.fit(trainData, {
  epochs: EPOCHS,
  validationData,
  callbacks: [
    'progressBar',
    lambdaCallback({
      onEpochEnd: (_, { loss, val_loss, val_perplexity }, { step }) =>
        console.log(`step ${step}: loss ${loss.toFixed(3)}, validation ${val_loss.toFixed(3)}, perplexity ${val_perplexity.toFixed(3)}`),
    }),
  ],
});

const written = await write(trainer, { count: 16, length: LENGTH, temperature: 0.6, seed: 3 });
await trainer.dispose();
const right = written.filter(isSentence);
const fresh = right.filter((text) => !known.has(text));
console.log(['', ...written.map((text) => `${isSentence(text) ? '  ' : '? '}${text}`), ''].join('\n'));
console.log(`${right.length} of ${written.length} written sentences are in the language, ${fresh.length} of them not in the training text`);
console.log(`Run folder ${folder}`);
