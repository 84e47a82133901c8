/** Chooses how steps are made: compiled whole, or by evaluating the loss. */
import type { Engine, NDArray } from '@gradus/graph';
import type { GradientEstimator, SampledEstimator, TracedEstimator } from '../contracts/gradient-estimator.js';
import type { Emit, Model } from '../contracts/model.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import { Evaluator } from './evaluator.js';
import type { Learner } from './learner.js';
import { ProposalStepper } from './proposal-stepper.js';
import { SampledStepper } from './sampled-stepper.js';
import type { Progress } from './state.js';
import type { Stepper } from './stepper.js';
import { TracedStepper } from './traced-stepper.js';

interface Parts {
  readonly model: Model;
  readonly learner: Learner;
  readonly engine: Engine;
  readonly hyperparameters: HyperparameterSet;
  /** The key of the run's steps. */
  readonly key: NDArray;
  /** Where model events go at this moment. */
  readonly emit: () => Emit | null;
}

export function makeStepper(parts: Parts, state: Progress): Stepper {
  const { model, learner, engine } = parts;
  const evaluator = new Evaluator(model, engine, { training: true, rewarded: learner.kind === 'proposer' });
  if (learner.kind === 'proposer') return new ProposalStepper({ ...parts, proposer: learner.optimizer, evaluator });
  const { optimizer, gradient } = learner;
  const traced = tracedForm(gradient, model);
  if (traced !== null) return new TracedStepper({ ...parts, optimizer, gradient: traced }, state);
  return new SampledStepper({ ...parts, optimizer, gradient: gradient as SampledEstimator, evaluator }, state);
}

/** The estimator as a part of the compiled step, where it has such a form and the model is no black box; else `null`. */
function tracedForm(gradient: GradientEstimator, model: Model): TracedEstimator | null {
  if (gradient.kind === 'traced') return gradient;
  const { name, hyperparameters, traced } = gradient;
  if (traced === undefined || model.objective !== undefined || model.loss === undefined) return null;
  return { kind: 'traced', name, needs: 'loss', hyperparameters, estimate: traced };
}
