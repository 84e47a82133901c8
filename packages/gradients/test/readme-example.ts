import { centralDifference } from '@gradus/gradients';
import { asarray, randomKey } from '@gradus/graph';

// The slope of x³ at 2 is 12; central differences add ε².
const estimator = centralDifference({ epsilon: 1e-3 });
const params = { x: asarray([2], { dtype: 'float64' }) };
const { gradients } = await estimator.estimate(async ({ x }) => ({ loss: x.item() ** 3 }), params, {
  key: randomKey(0),
  hyperparameters: { epsilon: 1e-3 },
});
console.log(gradients.x.item().toFixed(6));
