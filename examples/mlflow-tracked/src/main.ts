/** A classifier whose training is a run of MLflow: curves, machine, traces, and the model in the registry. */
import { enableObservability } from '@gradus/mlflow';
import {
  accuracy,
  backupAndRestore,
  dense,
  inMemory,
  modelCheckpoint,
  relu,
  sequential,
  softmaxCrossEntropy,
  supervised,
  Trainer,
} from 'gradus';
import { rings } from './rings.js';

const train = rings(600, 1);
const validation = rings(200, 2);
const model = supervised({
  name: 'rings',
  net: sequential([dense({ in: 2, out: 32 }), relu, dense({ in: 32, out: 32 }), relu, dense({ in: 32, out: 2 })]),
  loss: softmaxCrossEntropy,
  metrics: [accuracy],
});

// Where to: MLFLOW_TRACKING_URI. Without it, the spool in `mlflow-spool` alone.
const { watch } = enableObservability({
  experimentName: 'rings',
  description: 'Two rings, one inside of the other. The **validation accuracy** should come close to 98 %.',
  params: { net: { layers: [32, 32], activation: 'relu' }, noise: 0.1 },
  logSteps: true,
  systemMetrics: 1,
  checkpoints: true,
  model: { example: { x: validation.x }, registeredName: 'rings', alias: 'champion' },
});

const trainer = watch(new Trainer({ model, optimizer: { use: 'adam', options: { learningRate: 5e-3 } }, seed: 7 }));
const { history, stop } = await trainer.fit(inMemory({ ...train }, { batchSize: 50, seed: 7 }), {
  epochs: 40,
  validationData: inMemory({ ...validation }, { batchSize: 200, shuffle: false }),
  callbacks: [modelCheckpoint({ save: 1 }), backupAndRestore({ directory: 'backup' })],
});

console.log(stop.message);
console.log(`Validation accuracy ${(100 * history.last.val_accuracy).toFixed(1)} %`);
