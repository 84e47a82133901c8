/** Chooses how steps are made: compiled whole, or by evaluating the loss. */
import type { Engine, NDArray } from '@gradus/graph';
import type { GradientEstimator, SampledEstimator, TracedEstimator } from '../contracts/gradient-estimator.js';
import type { GradientTransform } from '../contracts/gradient-transform.js';
import type { Emit, Model } from '../contracts/model.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import { Evaluator } from './evaluator.js';
import { SampledStepper } from './sampled-stepper.js';
import type { TrainState } from './state.js';
import type { Stepper } from './stepper.js';
import { TracedStepper } from './traced-stepper.js';

interface Parts {
  readonly model: Model;
  readonly optimizer: GradientTransform;
  readonly gradient: GradientEstimator;
  readonly engine: Engine;
  readonly hyperparameters: HyperparameterSet;
  /** The key of the run's steps. */
  readonly key: NDArray;
  /** Where model events go at this moment. */
  readonly emit: () => Emit | null;
}

export function makeStepper(parts: Parts, state: TrainState): Stepper {
  const traced = tracedForm(parts.gradient, parts.model);
  if (traced !== null) return new TracedStepper({ ...parts, gradient: traced }, state);
  const evaluator = new Evaluator(parts.model, parts.engine, true);
  return new SampledStepper({ ...parts, gradient: parts.gradient as SampledEstimator, evaluator }, state);
}

/** The estimator as a part of the compiled step, where it has such a form and the model is no black box; else `null`. */
function tracedForm(gradient: GradientEstimator, model: Model): TracedEstimator | null {
  if (gradient.kind === 'traced') return gradient;
  const { name, hyperparameters, traced } = gradient;
  if (traced === undefined || model.objective !== undefined || model.loss === undefined) return null;
  return { kind: 'traced', name, needs: 'loss', hyperparameters, estimate: traced };
}
