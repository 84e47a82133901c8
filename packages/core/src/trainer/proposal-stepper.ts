/** Training steps by proposals: values of JSON variables are tried and scored, nothing is differentiated. */
import { foldIn, type Graph, type NDArray } from '@gradus/graph';
import type { Emit, Model } from '../contracts/model.js';
import type { Proposer } from '../contracts/proposer.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import { checkVariables } from '../params.js';
import type { Evaluator } from './evaluator.js';
import { scoredReports, type Reports } from './reports.js';
import type { Progress } from './state.js';
import type { StepInput, Stepper, StepsResult } from './stepper.js';

interface Parts {
  readonly model: Model;
  readonly proposer: Proposer;
  /** Tells the model that it trains. */
  readonly evaluator: Evaluator;
  readonly hyperparameters: HyperparameterSet;
  readonly key: NDArray;
  /** Where model events go at this moment. */
  readonly emit: () => Emit | null;
}

export class ProposalStepper implements Stepper {
  readonly chunks = false;
  readonly graphs: readonly Graph[] = [];
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run(state: Progress, steps: readonly StepInput[]): Promise<StepsResult> {
    const { model, proposer, evaluator, hyperparameters, emit } = this.#parts;
    let current = state;
    const reports: Reports[] = [];
    for (const { batch, rates, firstOfEpoch } of steps) {
      const before = current;
      const key = foldIn(this.#parts.key, before.step);
      const { variables, scored } = await proposer.propose(before.variables, {
        model,
        batch,
        key,
        epoch: before.epoch,
        step: before.step,
        firstOfEpoch,
        hyperparameters: Object.fromEntries(hyperparameters.ownNames('optimizer').map(({ name, own }) => [own, rates[name]])),
        reward: (proposed, other = batch) => evaluator.score({ ...before, variables: proposed }, other, key, emit()),
      });
      checkVariables(variables, model);
      current = { ...before, variables, step: before.step + 1 };
      reports.push(scoredReports(model, scored));
    }
    return { state: current, reports };
  }

  async endEpoch(state: Progress): Promise<Progress> {
    const { model, proposer, key } = this.#parts;
    if (proposer.endEpoch === undefined) return state;
    const variables = await proposer.endEpoch(state.variables, { epoch: state.epoch, key: foldIn(foldIn(key, END_OF_EPOCH), state.epoch) });
    checkVariables(variables, model);
    return { ...state, variables };
  }

  prepare(): Promise<readonly string[]> {
    return this.#parts.evaluator.prepare({ params: {}, buffers: {} }, {});
  }

  dispose(): Promise<void> {
    return this.#parts.evaluator.dispose();
  }
}

/** The stream of the ends of epochs, which no step reaches. */
const END_OF_EPOCH = 0xffffffff;
