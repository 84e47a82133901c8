// What a user does first, on the packed packages and plain Node: trains a small classifier, reads the history, predicts.
// The argument names the engine that must have done it: `ort`, or `js` where the native runtime is absent.
import assert from 'node:assert/strict';
import { accuracy, asarray, dense, inMemory, ortEngine, relu, sequential, softmaxCrossEntropy, supervised, Trainer } from 'gradus';

const points = Array.from({ length: 200 }, (_, i) => [Math.sin(12.9898 * i), Math.sin(78.233 * i)]);
const labels = asarray(
  points.map(([a, b]) => Number(a > b)),
  { dtype: 'int32' },
);
const model = supervised({
  name: 'smoke',
  net: sequential([dense({ in: 2, out: 8 }), relu, dense({ in: 8, out: 2 })]),
  loss: softmaxCrossEntropy,
  metrics: [accuracy],
});
const engine = ortEngine();
const trainer = new Trainer({ model, engine, optimizer: { use: 'adam', options: { learningRate: 0.02 } }, seed: 1 });
const { history } = await trainer.fit(inMemory({ x: asarray(points), y: labels }, { batchSize: 20, seed: 1 }), {
  epochs: 20,
  run: false,
  callbacks: ['memoryLogger'],
});
const [first, last] = [history.rows.at(0).logs, history.rows.at(-1).logs];
assert.equal(trainer.state.step, 200);
assert(last.loss < first.loss / 2, `the loss fell only from ${first.loss} to ${last.loss}`);
assert(last.accuracy > 0.9, `accuracy ${last.accuracy}`);
const logits = await trainer.predict({ x: asarray(points) });
assert.deepEqual(logits.shape, [200, 2]);
await trainer.dispose();
assert.equal(engine.name, process.argv[2]);
console.log(`engine ${engine.name}: loss ${first.loss.toFixed(3)} -> ${last.loss.toFixed(3)}`);
