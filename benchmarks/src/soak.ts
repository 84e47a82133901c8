/** Trains a small perceptron for very many steps and prints memory over time: `npm run soak -- --steps 200000`. */
import { parseArgs } from 'node:util';
import { adam, cast, inMemory, multiply, randomKey, Trainer, uniform, type NDArray } from 'gradus';
import { perceptron } from './benchmarks/mlp.js';

const HELP = `Usage: npm run soak [-- options]

  --steps N      training steps (default: 200000)
  --limit MB     fails when resident memory grows by more over the second half (default: no limit)
  --help`;

const LAYERS = [100, 64, 10];
const BATCH = 16;
const LINES = 20;

const { values } = parseArgs({
  options: { steps: { type: 'string', default: '200000' }, limit: { type: 'string' }, help: { type: 'boolean' } },
});

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

async function soak(steps: number): Promise<number> {
  const perEpoch = Math.max(1, Math.floor(steps / LINES));
  const rows = BATCH * Math.min(perEpoch, 1000);
  const x = uniform(randomKey(1), [rows, LAYERS[0]]) as NDArray;
  const y = cast(multiply(uniform(randomKey(2), [rows]), 10), 'int32') as NDArray;
  const data = inMemory({ x, y }, { batchSize: BATCH });
  const epochs = Math.ceil(steps / data.length);
  const every = Math.max(1, Math.floor(epochs / LINES));
  const resident: number[] = [];
  const trainer = new Trainer({ model: perceptron(LAYERS), optimizer: adam() });
  const start = performance.now();
  console.log('     steps   seconds   resident MB   JavaScript MB    loss');
  await trainer.fit(data, {
    epochs,
    run: false,
    callbacks: [
      {
        name: 'memory',
        onEpochEnd(epoch, logs) {
          if ((epoch + 1) % every !== 0) return;
          globalThis.gc?.();
          const { rss, heapUsed } = process.memoryUsage();
          resident.push(rss);
          const seconds = ((performance.now() - start) / 1e3).toFixed(1);
          const cells = [String((epoch + 1) * data.length).padStart(10), seconds.padStart(9), megabytes(rss).padStart(13)];
          console.log([...cells, megabytes(heapUsed).padStart(15), Number(logs.loss).toFixed(4).padStart(7)].join(' '));
        },
      },
    ],
  });
  await trainer.dispose();
  return resident[resident.length - 1] - resident[resident.length >> 1];
}

if (values.help === true) console.log(HELP);
else {
  const [steps, limit] = [Number(values.steps), values.limit === undefined ? Infinity : Number(values.limit)];
  if (!Number.isInteger(steps) || steps < LINES) throw new Error(`--steps takes a whole number of ${LINES} or more, not '${values.steps}'`);
  if (Number.isNaN(limit)) throw new Error(`--limit takes megabytes, not '${values.limit}'`);
  const growth = await soak(steps);
  console.log(`Resident memory grew by ${megabytes(growth)} MB over the second half`);
  if (growth > limit * 2 ** 20) process.exitCode = 1;
}
