/**
 * Trains 5 million parameters with Adam through `Trainer.fit` and prints what that adds to the memory of this process. Arguments: threads,
 * and `true` or `false` for the engine's `memoryArena`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { ortEngine } from '@gradus/engine-ort';
import { adam, Trainer } from 'gradus';
import { perceptron, perceptronWorkload } from './benchmarks/mlp.js';
import { fitting } from './fitting.js';

const EPOCHS = 5;
const threads = Number(process.argv[2]);
const memoryArena = process.argv[3] === 'true';

const resident = (): number => {
  globalThis.gc!();
  return process.memoryUsage.rss();
};

/** The most that was ever resident. Linux's `maxRSS` counts the process that started this one, so its own record comes first. */
function highest(): number {
  const own = existsSync('/proc/self/status') ? /VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) : null;
  return 1024 * (own === null ? process.resourceUsage().maxRSS : Number(own[1]));
}

/** Trains through `fit`, and gives the trainer, which keeps its state. */
async function train(layers: readonly number[]): Promise<Trainer> {
  const engine = ortEngine({ threads, memoryArena, fallback: false });
  const trainer = new Trainer({ model: perceptron(layers), optimizer: adam(), engine });
  const round = fitting(trainer, { ...perceptronWorkload(layers, 8), steps: 8 });
  for (let epoch = 0; epoch < EPOCHS; epoch++) await round();
  return trainer;
}

// Code and the runtime itself are there before counting begins.
await (await train([8, 4])).dispose();
const before = resident();
const trainer = await train([1000, 2000, 1500, 10]);
const parameters = Object.values(trainer.params).reduce((bytes, { data }) => bytes + data.byteLength, 0);
const after = resident() - before;
const peak = highest() - before;
console.log(JSON.stringify({ parameters, after, peak }));
