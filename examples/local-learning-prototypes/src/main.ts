/** A recurrent network of signs learns ten noisy patterns by local rules, without back-propagation, and is exported to ONNX. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  dynamicsReport,
  exportInference,
  frozenFullyConnected,
  fullyConnected,
  labelledData,
  layerMap,
  localNetwork,
  outputLayer,
  prototypeData,
  recurrentDiscrete,
  twoPhase,
} from '@gradus/local-learning';
import { earlyStopping, modelCheckpoint, progressBar, Trainer } from 'gradus';

const seed = Number(process.argv[2] ?? 1);
const { train, validation } = prototypeData({ classes: 10, dimensions: 100, samples: 1000, flip: 0.3, seed });

const layers = layerMap({
  1: {
    0: fullyConnected({ in: 100, out: 256, threshold: 3.5 }),
    1: recurrentDiscrete({ units: 256, selfCoupling: 0.5, threshold: 0.5 }),
    2: frozenFullyConnected({ in: 10, out: 256, strength: 0.3 }),
  },
  2: { 1: fullyConnected({ in: 256, out: 10, threshold: 3.5 }), 2: outputLayer({ units: 10 }) },
});
const model = localNetwork({ name: 'prototypes', layers, protocol: twoPhase({ clamped: 10, free: 10, inference: 10 }), seed });

const trainer = new Trainer({ model, optimizer: { use: 'adam', options: { learningRate: 5e-3 } }, seed });
// About as many at a time as in training: a batch has settled when its slowest sample has.
const heldOut = labelledData(validation, { classes: 10, batchSize: 20, shuffle: false });
const { history, stop, folder } = await trainer.fit(labelledData(train, { classes: 10, batchSize: 16, seed }), {
  epochs: 12,
  validationData: heldOut,
  callbacks: [
    progressBar({ metrics: ['taughtAccuracy', 'val_accuracy', 'val_flips'] }),
    earlyStopping({ monitor: 'val_accuracy', patience: 3, restoreBest: true }),
    modelCheckpoint({ monitor: 'val_accuracy' }),
    dynamicsReport(),
  ],
});

// What the original tutorial calls accuracy is that of the data it was trained on.
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const seen = await trainer.evaluate(labelledData(train, { classes: 10, batchSize: 500, shuffle: false }));
const { accuracy, flips } = await trainer.evaluate(heldOut);
const file = join(folder!, 'model.onnx');
writeFileSync(file, exportInference(model, trainer.params));

console.log(`${history.rows.length} epochs: ${stop.message}`);
console.log(`Accuracy ${percent(accuracy)} on new samples, ${percent(seen.accuracy)} on those it was trained on`);
console.log(`Units that differ between learning and inference: ${percent(flips)}`);
console.log(`Run folder ${folder}, with dynamics.html, checkpoints/best and model.onnx`);
