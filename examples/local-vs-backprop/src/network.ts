/** One network, to be trained by its local rules or by the gradient of a loss. */
import {
  frozenFullyConnected,
  fullyConnected,
  layerMap,
  localNetwork,
  outputLayer,
  recurrentDiscrete,
  sgn,
  twoPhase,
  type LocalNetwork,
} from '@gradus/local-learning';
import { abs, accuracy, customGradient, less, softmaxCrossEntropy, where, zeros, type Model, type Tensor, type TensorParams } from 'gradus';

/** Sweeps of inference, and of each phase of a lesson. */
const SWEEPS = 10;

/** A unit's sign, with the derivative of the identity where the field is within ±1: the straight-through estimator (Bengio et al., 2013). */
const throughSign = customGradient((field: Tensor) => [sgn(field), (g: Tensor) => [where(less(abs(field), 1), g, zeros([], field.dtype))]]);

/** Ten classes of 100 bits, one layer of units that reach each other. */
export function network(units: number, seed: number): LocalNetwork {
  const hidden = recurrentDiscrete({ units, selfCoupling: 0.5, threshold: 0.5 });
  const layers = layerMap({
    1: {
      0: fullyConnected({ in: 100, out: units, threshold: 3.5 }),
      // Its values are those of `sgn`; only back-propagation sees the difference.
      1: { ...hidden, activation: throughSign },
      2: frozenFullyConnected({ in: 10, out: units, strength: 0.3 }),
    },
    2: { 1: fullyConnected({ in: units, out: 10, threshold: 3.5 }), 2: outputLayer({ units: 10 }) },
  });
  return localNetwork({ name: 'localRule', layers, protocol: twoPhase({ clamped: SWEEPS, free: SWEEPS, inference: SWEEPS }), seed });
}

/** The same network with the cross-entropy of its scores after inference as its loss: sweep by sweep, so that it can be differentiated. */
export function withLoss(name: string, net: LocalNetwork): Model {
  const scores = (params: TensorParams, x: Tensor): Tensor => {
    const dynamics = net.dynamics(params);
    let state = dynamics.initialState(x);
    for (let sweep = 0; sweep < SWEEPS; sweep++) state = dynamics.step(state, { filter: 'inference' });
    return dynamics.readout(state);
  };
  return {
    name,
    init: (key) => net.init(key),
    loss(params, { x, y }) {
      const outputs = scores(params, x);
      return { loss: softmaxCrossEntropy(outputs, y), metrics: { accuracy: accuracy.statistics(outputs, y) } };
    },
    predict: (params, { x }) => scores(params, x),
    metrics: { accuracy },
  };
}
