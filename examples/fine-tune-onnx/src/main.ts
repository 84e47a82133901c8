/** A conv net of PyTorch learns figures that it has never seen, and leaves as ONNX again. */
import { fileURLToPath } from 'node:url';
import { exportOnnx, importOnnx, verifyOnnx, writeModelFile } from '@gradus/onnx';
import { accuracy, adam, dense, inMemory, softmaxCrossEntropy, supervised, Trainer, type Model } from 'gradus';
import { CLASSES, figures } from './figures.js';

const source = fileURLToPath(new URL('../model/shapes.onnx', import.meta.url));
const train = inMemory({ ...figures(60, 1) }, { batchSize: 20, seed: 3 });
const test = inMemory({ ...figures(600, 2) }, { batchSize: 200, shuffle: false });

/** The network up to what its head saw, with a head of our own. What is not named keeps PyTorch's numbers. */
const networkWith = (trainable: readonly string[]): Model =>
  supervised({
    name: 'figures',
    net: importOnnx(source, { trainable })
      .truncate({ at: '/features/features.12/Flatten' })
      .append(dense({ in: 48 * 9, out: CLASSES.length })),
    loss: softmaxCrossEntropy,
    metrics: [accuracy],
  });

async function taught(model: Model, epochs: number, learningRate: number, params = {}): Promise<Trainer> {
  const trainer = new Trainer({ model, optimizer: adam({ learningRate }), seed: 5 });
  trainer.setParams(params);
  await trainer.fit(train, { epochs, run: false });
  return trainer;
}
const share = async (trainer: Trainer): Promise<string> => `${(100 * (await trainer.evaluate(test)).accuracy).toFixed(1)} %`;

const head = await taught(networkWith([]), 20, 5e-3);
console.log(`The head alone: ${await share(head)} of ${test.size} new drawings`);

const whole = await taught(networkWith(['features.8.*', 'features.9.*']), 20, 1e-3, head.params);
console.log(`The last convolution too: ${await share(whole)}`);

const file = process.argv[2] ?? 'figures.onnx';
const message = exportOnnx(whole.model, whole.state, {
  inputs: { x: { dtype: 'float32', shape: ['batch', 1, 24, 24] } },
  description: `Tells ${CLASSES.join(', ')} apart.`,
});
const report = await verifyOnnx(message, whole.model, whole.state);
console.log(
  `Largest difference in ONNX Runtime, at batch sizes ${report.runs.map(({ sizes }) => sizes.batch).join(', ')}: ${report.largest.toExponential(1)}`,
);
if (!report.passed) throw new Error(`The file differs by ${report.largest}`);
writeModelFile(file, message);

const again = importOnnx(file);
console.log(
  `${file} has ${Object.keys(again.params).length} parameters to train further: ${again.inputs[0].name} to ${again.outputs.join(', ')}`,
);
await Promise.all([head.dispose(), whole.dispose()]);
