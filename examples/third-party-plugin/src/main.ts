/** Trains a small regression with the plugin's parts, used by name. */
import { add, asarray, inMemory, matmul, mean, multiply, subtract, Trainer, zeros, type Model } from 'gradus';
import { acme } from './plugin.js';

// y = x · (1, -2) + 0.5, without noise.
const inputs = Array.from({ length: 64 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)]);
const targets = inputs.map(([a, b]) => [a - 2 * b + 0.5]);
const data = inMemory({ x: asarray(inputs), y: asarray(targets) }, { batchSize: 16 });

const model: Model = {
  name: 'plane',
  init: () => ({ weight: zeros([2, 1]), bias: zeros([1]) }),
  loss(params, { x, y }) {
    const error = subtract(add(matmul(x, params.weight), params.bias), y);
    return mean(multiply(error, error));
  },
};

const counter = { runs: 0 };
const trainer = new Trainer({
  model,
  plugins: [acme],
  optimizer: { use: 'acme/lion', options: { learningRate: { use: 'cosineDecay', options: { initValue: 0.01, decaySteps: 1200 } } } },
  engine: { use: 'acme/counting', options: { counter } },
});
await trainer.fit(data, { epochs: 300, stepsPerExecution: 4, callbacks: ['acme/halvings'], run: false });

const { weight, bias } = trainer.params;
console.log(`weight ${[...weight.data].map((w) => Number(w).toFixed(2)).join(', ')}; bias ${bias.item().toFixed(2)}`);
console.log(`${trainer.state.step} steps in ${counter.runs} runs of the engine`);
