import { adamw, applyUpdates, hyperparametersAt, warmupCosine } from '@gradus/optimizers';
import { asarray, grad, square, subtract, sum } from '@gradus/graph';
import type { NDArray, Tensor } from '@gradus/graph';

const optimizer = adamw({
  learningRate: warmupCosine({ peakValue: 0.2, warmupSteps: 10, decaySteps: 200 }),
  weightDecay: 0.01,
  mask: (name) => name !== 'bias',
});
const loss = (p: { weight: Tensor; bias: Tensor }): Tensor => sum(square(subtract(p.weight, p.bias)));

// A trainer does this inside its compiled step; by hand it is three lines.
let params = { weight: asarray([3, -1]), bias: asarray([1]) };
let state = optimizer.init(params);
for (let step = 0; step < 200; step++) {
  const context = { hyperparameters: hyperparametersAt(optimizer, step) };
  const [updates, next] = optimizer.update(grad(loss)(params), state, params, context);
  params = applyUpdates(params, updates) as Record<'weight' | 'bias', NDArray>;
  state = next;
}
for (const [name, { data }] of Object.entries(params)) console.log(name, ...Array.from(data, Number).map((x) => x.toFixed(2)));
