/** The optimizers of ONNX's preview of training: one node updates any number of tensors. */
import { add, cast, divide, greater, multiply, pow, scalar, sqrt, square, subtract, where, type Tensor } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** What an update is made of. `step` is the number of updates done before, as a float like the tensors. */
interface Update {
  readonly rate: Tensor;
  readonly step: Tensor;
  readonly x: Tensor;
  /** With the L2 norm's gradient added. */
  readonly gradient: Tensor;
  readonly slots: readonly Tensor[];
}

/** Inputs are the rate, the step, all X, all G, then all of each slot; outputs are all new X, then all of each new slot. */
function updates(call: Call, slots: number, update: (u: Update) => Tensor[]): Tensor[] {
  const [rate, step, ...rest] = call.tensors();
  const count = rest.length / (2 + slots);
  const results = Array.from({ length: count }, (_, i) => {
    const [x, gradient, ...state] = Array.from({ length: 2 + slots }, (_, k) => rest[k * count + i]);
    const regularized = add(multiply(x, call.float('norm_coefficient', 0)), gradient);
    return update({ rate: cast(rate, x.dtype), step: cast(step, x.dtype), x, gradient: regularized, slots: state });
  });
  return Array.from({ length: 1 + slots }, (_, k) => results.map((result) => result[k])).flat();
}

/** Kingma & Ba, 2015. The correction of the first update, whose step is 0, is left out. */
const adam = (call: Call): Tensor[] => {
  const [alpha, beta, epsilon] = [call.float('alpha', 0.9), call.float('beta', 0.999), call.float('epsilon', 1e-6)];
  return updates(call, 2, ({ rate, step, x, gradient, slots: [v, h] }) => {
    const mean = add(multiply(v, alpha), multiply(gradient, 1 - alpha));
    const meanSquare = add(multiply(h, beta), multiply(square(gradient), 1 - beta));
    const later = greater(step, 0);
    // At step 0 both powers are 1, and the correction would divide 0 by 0.
    const steps = where(later, step, 1);
    const correction = divide(sqrt(subtract(1, pow(beta, steps))), subtract(1, pow(alpha, steps)));
    const adjusted = where(later, multiply(rate, correction), rate);
    const next = subtract(x, divide(multiply(adjusted, mean), add(sqrt(meanSquare), epsilon)));
    return [multiply(next, 1 - call.float('norm_coefficient_post', 0)), mean, meanSquare];
  });
};

/** Duchi, Hazan & Singer, 2011. */
const adagrad = (call: Call): Tensor[] =>
  updates(call, 1, ({ rate, step, x, gradient, slots: [h] }) => {
    const decayed = divide(rate, add(multiply(step, call.float('decay_factor', 0)), 1));
    const total = add(h, square(gradient));
    return [subtract(x, divide(multiply(decayed, gradient), add(sqrt(total), call.float('epsilon', 1e-6)))), total];
  });

/** Polyak, 1964; Nesterov, 1983. `beta` scales the gradient from the second update on. */
const momentum = (call: Call): Tensor[] => {
  const [alpha, beta, mode] = [call.float('alpha', 0.9), call.float('beta', 1), call.string('mode', 'standard')];
  return updates(call, 1, ({ rate, step, x, gradient, slots: [v] }) => {
    const scale = where(greater(step, 0), scalar(beta, x.dtype), 1);
    const velocity = add(multiply(v, alpha), multiply(scale, gradient));
    const direction = mode === 'nesterov' ? add(gradient, multiply(velocity, alpha)) : velocity;
    return [subtract(x, multiply(rate, direction)), velocity];
  });
};

export const rules: Rules = {
  'ai.onnx.preview.training.Adagrad': adagrad,
  'ai.onnx.preview.training.Adam': adam,
  'ai.onnx.preview.training.Momentum': momentum,
};
